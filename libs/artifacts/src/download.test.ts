import { downloadOf } from './download';

const artifact = { path: 'a/model.bin', digest: 'sha256:ab', size: 100, mediaType: 'text/plain; charset=utf-8' };
const etag = '"sha256:ab"';

it.each<[string, number, string | undefined, { first: number; last: number } | null | undefined]>([
  ['bytes=0-9', 206, 'bytes 0-9/100', { first: 0, last: 9 }],
  ['bytes=90-', 206, 'bytes 90-99/100', { first: 90, last: 99 }],
  ['bytes=90-500', 206, 'bytes 90-99/100', { first: 90, last: 99 }],
  ['bytes=-10', 206, 'bytes 90-99/100', { first: 90, last: 99 }],
  ['bytes=-500', 206, 'bytes 0-99/100', { first: 0, last: 99 }],
  ['bytes=100-', 416, 'bytes */100', null],
  ['bytes=-0', 416, 'bytes */100', null],
  ['bytes=9-1', 200, undefined, undefined],
  ['bytes=0-1,3-4', 200, undefined, undefined],
  ['bytes=-', 200, undefined, undefined],
  ['lines=1-2', 200, undefined, undefined],
])('answers the range %s with %s', (range, status, contentRange, wanted) => {
  const download = downloadOf(artifact, { range });
  expect([download.status, download.headers['content-range'], download.range]).toEqual([status, contentRange, wanted]);
});

it('sends all bytes when they are other ones than the client has a part of', () => {
  expect(downloadOf(artifact, { range: 'bytes=0-9', 'if-range': '"other"' }).status).toBe(200);
  expect(downloadOf(artifact, { range: 'bytes=0-9', 'if-range': etag }).status).toBe(206);
});

it('sends nothing to a client that has these bytes', () => {
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*'])
    expect(downloadOf(artifact, { 'if-none-match': tag }).status).toBe(304);
  expect(downloadOf(artifact, { 'if-none-match': '"other"' }).status).toBe(200);
});

it('lets no name and no media type break out of its header', () => {
  const path = 'x/we"ird\r\nSet-Cookie: a=b; é*.html';
  const { headers } = downloadOf({ ...artifact, path, mediaType: 'text/html\r\nX: y' }, {});
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['content-disposition']).toBe(
    `attachment; filename="we_ird__Set-Cookie__a_b____.html"; filename*=UTF-8''we%22ird%0D%0ASet-Cookie%3A%20a%3Db%3B%20%C3%A9%2A.html`,
  );
});

it('keeps browsers from running what is stored', () => {
  for (const mediaType of ['text/html', 'image/svg+xml', 'application/xml']) {
    const { headers } = downloadOf({ ...artifact, mediaType }, {});
    expect(headers['content-disposition']).toMatch(/^attachment/);
    expect(headers['content-security-policy']).toMatch(/^sandbox;/);
  }
});

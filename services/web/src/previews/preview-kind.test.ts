import { previewKind, safeMediaType } from './preview-kind';

const kind = (path: string, mediaType = 'application/octet-stream') => previewKind({ path, mediaType });

it('goes by the media type, and by the name where the type says nothing', () => {
  expect(kind('a.png')).toBe('image');
  expect(kind('a', 'image/svg+xml; charset=utf-8')).toBe('drawing');
  expect(kind('out', 'text/csv')).toBe('csv');
  expect(kind('part-0.parquet')).toBe('parquet');
  expect(kind('talk.ipynb', 'application/json')).toBe('notebook');
  expect(kind('notes.md', 'text/plain')).toBe('markdown');
  expect(kind('model.bin')).toBeNull();
  expect(kind('model.pkl', 'application/x-evil')).toBeNull();
});

it('shows the source of a page, and never the page', () => {
  expect(kind('evil.html', 'text/html')).toBe('text');
  expect(kind('evil.xhtml', 'application/xhtml+xml')).toBeNull();
});

it('gives elements the types of pictures, sounds and films alone', () => {
  expect(safeMediaType({ path: 'a.png', mediaType: 'text/html' })).toBe('image/png');
  expect(safeMediaType({ path: 'a', mediaType: 'IMAGE/PNG; x=1' })).toBe('image/png');
  expect(safeMediaType({ path: 'a.html', mediaType: 'text/html' })).toBe('application/octet-stream');
});

import { verifyBundle } from '@runledger/evidence';
import { formatVerifierKey, generateSigner, parseVerifierKey } from '@runledger/merkle';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const HOSTILE = '<img src=x onerror=document.title="owned">';

describe('models, operations and the ledger, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  const command = async (name: string, body: object): Promise<void> => {
    const answer = await fetch(`${server.url}/api/v1/commands/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  };

  const get = (path: string): Promise<Response> =>
    fetch(`${server.url}/${path}`, { headers: { authorization: `Bearer ${server.key}` } });

  beforeAll(async () => {
    folder = temporaryFolder('registry-pages');
    server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_NOTARY_SINKS: `${folder.path}/worm` });
    visitor = await openVisitor(`${folder.path}/profile`);
    await visitor.page.goto(`${server.url}/models#key=${encodeURIComponent(server.key)}`);
  });
  afterEach(async () => {
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it('says how to register a first model', async () => {
    await visitor.page.getByRole('heading', { name: 'No models yet' }).waitFor();
  });

  it('tells where an alias points and who moved it, with hostile words as text', async () => {
    const { page } = visitor;
    await command('create-model', { name: 'digits', description: HOSTILE });
    for (const source of [HOSTILE, 'runs:/r2/model']) await command('create-version', { model: 'digits', source });
    for (const version of [1, 2]) await command('set-alias', { model: 'digits', version, alias: 'champion' });
    await page.goto(`${server.url}/models`);
    await page.getByRole('link', { name: 'digits' }).click();
    await page.getByRole('heading', { name: 'digits', level: 1 }).waitFor();
    const versions = page.getByRole('table', { name: 'Versions' });
    await versions.getByRole('row', { name: /^2 champion/ }).waitFor();
    await versions.getByText(HOSTILE).waitFor();
    const differences = page.getByRole('table', { name: 'Differences' });
    await differences.getByRole('row', { name: 'aliases – champion' }).waitFor();
    await differences.getByRole('row', { name: `source ${HOSTILE} runs:/r2/model` }).waitFor();
    await page.getByLabel('From version').selectOption('2');
    await page.getByText('They do not differ.').waitFor();
    await page.getByLabel('New comment').fill('ship it');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByRole('listitem').filter({ hasText: 'on version 2' }).getByText('ship it').waitFor();
    const history = page.getByRole('table', { name: 'History' });
    await history.getByRole('row', { name: /Alias champion, version: 1 → 2 admin/ }).waitFor();
    expect(await page.title()).toBe('digits · Runledger');
  });

  it('says what is wrong with an address that names no model, readably', async () => {
    const stray = await openVisitor(`${folder.path}/stray`);
    try {
      await stray.page.goto(`${server.url}/models/no-such-model#key=${encodeURIComponent(server.key)}`);
      await stray.page.getByRole('alert').first().getByText('There is no such model').waitFor();
      expect(await stray.violations()).toEqual([]);
    } finally {
      await stray.close();
    }
  });

  it('shows in dark colours that everything recorded is shown', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.getByText('Everything recorded is shown').waitFor();
    await page
      .getByRole('table', { name: 'Projections' })
      .getByRole('row', { name: /^metadata/ })
      .first()
      .waitFor();
    await page.getByText('Every event that was recorded could be applied.').waitFor();
    await page.getByLabel('Only of').fill('model/');
    await page.getByText('Nothing was decided.').waitFor();
    await page.getByLabel('Only of').fill('');
    const decided = page.getByRole('table', { name: 'What was decided' });
    await decided
      .getByRole('row', { name: /alias[.]moved of model\/\S+ admin alias champion: version 1 2$/ })
      .waitFor();
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
  });

  it('verifies a decision in the browser, says where checkpoints went, and hands evidence out', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Ledger', exact: true }).click();
    await page.getByRole('heading', { name: 'Newest checkpoint' }).waitFor();
    await page.getByText('Nobody but the operator signs this log.').waitFor();
    const sinks = page.getByRole('table', { name: "Out of the operator's reach" });
    await sinks.getByRole('row', { name: /^Folder \d+ just now Up to date/ }).waitFor();
    const decided = page.getByRole('table', { name: 'What was decided' });
    await decided
      .getByRole('button', { name: /^Verify alias[.]moved/ })
      .first()
      .click();
    const found = page.getByRole('status', { name: 'What was verified' });
    await found.getByText(/^Leaf \d+ of the log is alias[.]moved of model/).waitFor();
    await found.getByText('Everything that was checked holds.').waitFor();
    expect(await visitor.violations()).toEqual([]);

    const saved = page.waitForEvent('download');
    await page.getByLabel('Of what').selectOption('model');
    await page.getByRole('textbox', { name: 'Model' }).fill('digits');
    await page.getByRole('button', { name: 'Download' }).click();
    const bundle = `${folder.path}/evidence.tar`;
    await (await saved).saveAs(bundle);
    const vkey = await (await get('log/default/vkey')).text();
    const { manifest } = await verifyBundle(bundle, [parseVerifierKey(vkey.trim())]);
    expect(manifest.scope).toEqual({ kind: 'model', model: 'digits', version: null });
    await page.getByRole('button', { name: 'Use the light theme' }).click();
  });

  it('names what does not hold: a leaf that was altered, and a checkpoint of another key', async () => {
    const { page } = visitor;
    await page.route('**/tile/0/**', async (route) => {
      const answer = await route.fetch();
      const body = await answer.body();
      body.writeUInt8(body.readUInt8(40) ^ 1, 40);
      await route.fulfill({ response: answer, body });
    });
    await page.reload();
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByRole('alert').getByText('The tiles of the log have another root than was signed').waitFor();
    await page.unroute('**/tile/0/**');
    const other = formatVerifierKey(generateSigner('runledger.localhost/log/default'));
    await page.getByLabel('Verifier key of the log').fill(other);
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/has not signed this checkpoint with the key/)
      .waitFor();
  });
});

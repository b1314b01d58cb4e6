import { readFileSync } from 'node:fs';
import { type Spawned, spawnProgram, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import type { Locator } from 'playwright-core';
import { openVisitor, type Visitor } from './browser';

const MOST_CLICKS = 5;
const SLOW_MS = 240_000;

describe('from npm start and npm run demo to a link that shows the best run and why', () => {
  let folder: TemporaryFolder;
  let server: Spawned;
  let visitor: Visitor;
  let data: string;
  let open: string;

  beforeAll(async () => {
    folder = temporaryFolder('journey');
    data = `${folder.path}/data`;
    server = spawnProgram('npm', ['start'], { env: { RUNLEDGER_DATA: data, RUNLEDGER_PORT: '0' } });
    [, open = ''] = await server.line(/^Open (http:\S+)/m, SLOW_MS);
    const env = { RUNLEDGER_DATA: data, RUNLEDGER_URL: new URL(open).origin };
    const demo = spawnProgram('npm', ['run', 'demo', '--', '--steps', '60'], { env });
    expect(await demo.ended).toBe(0);
    visitor = await openVisitor(`${folder.path}/profile`);
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  }, SLOW_MS);
  afterAll(async () => {
    await visitor?.close();
    await server.stop();
    folder.remove();
  });

  it('takes at most five clicks on what can be read', async () => {
    const { page } = visitor;
    let clicks = 0;
    const click = async (what: Locator): Promise<void> => {
      clicks++;
      await what.click();
    };
    await page.goto(open);
    await click(page.getByText('handwritten digits', { exact: true }));
    await click(page.getByText('Best run', { exact: true }));
    const best = page.getByRole('region', { name: 'Best run' });
    await best.getByText('Why it is the best').waitFor();
    await best
      .getByText(/^(learningRate|hidden|optimizer) = .* on average/)
      .first()
      .waitFor();
    const said = await best.innerText();
    expect(said).toMatch(/ with test\/accuracy 0[.]\d+; next /);
    expect(await visitor.violations()).toEqual([]);
    await click(page.getByText('Copy link', { exact: true }));
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);

    const shared = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(shared).not.toContain('rlk_');
    const fresh = await openVisitor(`${folder.path}/fresh`);
    try {
      await fresh.page.goto(shared);
      await fresh.page.getByLabel('API key').fill(readFileSync(`${data}/admin.key`, 'utf8').trim());
      await fresh.page.getByText('Sign in', { exact: true }).click();
      const theirs = fresh.page.getByRole('region', { name: 'Best run' });
      await theirs.getByText('Why it is the best').waitFor();
      expect(await theirs.innerText()).toBe(said);
      expect(fresh.complaints.filter((one) => !one.includes('401'))).toEqual([]);
    } finally {
      await fresh.close();
    }
  });

  it('is gone by keys alone, up to the link that another profile opens', async () => {
    const { page } = visitor;
    const focused = (): Promise<string> => page.evaluate<string>("document.activeElement?.textContent ?? ''");
    await page.goto(open);
    await page.getByRole('link', { name: 'handwritten digits' }).waitFor();
    for (let pressed = 0; pressed < 40 && (await focused()) !== 'handwritten digits'; pressed++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Runs of handwritten digits' }).waitFor();
    await page.keyboard.press('b');
    const best = page.getByRole('region', { name: 'Best run' });
    await best.getByText('Why it is the best').waitFor();
    const said = await best.innerText();
    await page.keyboard.press('c');
    await page.getByText('Copied', { exact: true }).waitFor();
    const shared = await page.evaluate<string>('navigator.clipboard.readText()');
    const fresh = await openVisitor(`${folder.path}/keys`);
    try {
      await fresh.page.goto(shared);
      await fresh.page.getByLabel('API key').waitFor();
      await fresh.page.keyboard.type(readFileSync(`${data}/admin.key`, 'utf8').trim());
      await fresh.page.keyboard.press('Enter');
      const theirs = fresh.page.getByRole('region', { name: 'Best run' });
      await theirs.getByText('Why it is the best').waitFor();
      expect(await theirs.innerText()).toBe(said);
    } finally {
      await fresh.close();
    }
  });
});

// `npm run screens`: every page of the web interface in both themes, as pictures for a human look. Starts Runledger on a
// folder of its own, fills it with the demo, and visits it with Chromium. `RUNLEDGER_URL` and `RUNLEDGER_API_KEY` name one
// that runs already; arguments narrow the pages down by name.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath } from './chromium-path.mjs';
import { pagesOf } from './pages.mjs';
import { startFilled } from './start-filled.mjs';

const THEMES = ['light', 'dark'];
const SETTLE_MS = 1_500;
const OUT = join(import.meta.dirname, 'dist');

async function shoot(browser, { url, key }, page, theme) {
  const viewport = { width: page.width ?? 1440, height: 900 };
  const context = await browser.newContext({ colorScheme: theme, viewport });
  const tab = await context.newPage();
  const complaints = [];
  tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(error.message));
  await tab.goto(`${url}${page.path}#key=${key}`);
  await tab.getByRole('heading', { level: 1 }).waitFor();
  await page.act?.(tab);
  await tab.waitForTimeout(SETTLE_MS);
  const file = `${page.name}-${theme}.png`;
  await tab.screenshot({ path: join(OUT, file) });
  await context.close();
  console.log(file, ...complaints);
  return { file, title: `${page.name}, ${theme}` };
}

const wanted = process.argv.slice(2);
const server = await startFilled();
try {
  mkdirSync(OUT, { recursive: true });
  const browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: false });
  const shown = [];
  for (const page of await pagesOf(server))
    if (wanted.length === 0 || wanted.some((word) => page.name.includes(word)))
      for (const theme of THEMES) shown.push(await shoot(browser, server, page, theme));
  await browser.close();
  const figures = shown.map(
    ({ file, title }) => `<figure><img src="${file}" width="100%"><figcaption>${title}</figcaption></figure>`,
  );
  writeFileSync(join(OUT, 'index.html'), `<!doctype html><title>Pages of Runledger</title>\n${figures.join('\n')}\n`);
} finally {
  await server.stop();
}

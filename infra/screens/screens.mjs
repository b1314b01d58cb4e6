// `npm run screens`: every page of the web interface in both themes, as pictures for a human look, and what of it breaks rules of
// accessibility (axe), for which it ends with 1. Starts Runledger on a folder of its own, fills it with the demo, and visits it
// with Chromium. `RUNLEDGER_URL` and `RUNLEDGER_API_KEY` name one that runs already; arguments narrow the pages down by name.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { chromiumPath } from './chromium-path.mjs';
import { pagesOf } from './pages.mjs';
import { startFilled } from './start-filled.mjs';

const THEMES = ['light', 'dark'];
const LOOK_MS = 50;
/** A page is still when it was so as often as this, one look after the other. */
const CALM_LOOKS = 4;
const MOST_LOOKS = 400;
const FEED = /\/live(\?|$)/;
const OUT = join(import.meta.dirname, 'dist');

/** Nothing in sight is being loaded or moves. */
const isCalm = `document.getAnimations().every(({ playState }) => playState !== 'running') &&
  [...document.querySelectorAll('[aria-label=Loading], .mantine-Skeleton-root')].every((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return bottom < 0 || top > innerHeight;
  })`;

/** What a page waits for: all that it has asked for but feeds, which do not end. */
function pendingOf(tab) {
  const pending = new Set();
  tab.on('request', (request) => {
    if (request.resourceType() !== 'eventsource' && !FEED.test(request.url())) pending.add(request);
  });
  for (const end of ['requestfinished', 'requestfailed']) tab.on(end, (request) => pending.delete(request));
  return pending;
}

async function settled(tab, pending) {
  let calm = 0;
  for (let looks = 0; calm < CALM_LOOKS && looks < MOST_LOOKS; looks++) {
    await tab.waitForTimeout(LOOK_MS);
    calm = (await tab.evaluate(isCalm)) && pending.size === 0 ? calm + 1 : 0;
  }
  if (calm < CALM_LOOKS) throw new Error(`${tab.url()} does not come to rest`);
}

/** What is in sight breaks these rules: all of them in one theme, those of colours in the others. */
async function violationsOf(tab, theme) {
  if (theme === THEMES[0]) await tab.evaluate(axe.source);
  const rules = theme === THEMES[0] ? '' : "{ runOnly: ['color-contrast', 'link-in-text-block'] }";
  const found = await tab.evaluate(`axe.run(${rules}).then(({ violations }) => violations)`);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

async function visit(browser, { url, key }, page) {
  const viewport = { width: page.width ?? 1440, height: 900 };
  const context = await browser.newContext({ colorScheme: THEMES[0], viewport });
  const tab = await context.newPage();
  const pending = pendingOf(tab);
  const complaints = [];
  tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(error.message));
  await tab.goto(`${url}${page.path}#key=${key}`);
  await tab.getByRole('heading', { level: 1 }).waitFor();
  await page.act?.(tab);
  const shown = [];
  for (const theme of THEMES) {
    await tab.emulateMedia({ colorScheme: theme });
    await settled(tab, pending);
    const file = `${page.name}-${theme}.png`;
    await tab.screenshot({ path: join(OUT, file) });
    complaints.push(...(await violationsOf(tab, theme)).map((one) => `${theme}: ${one}`));
    if (await tab.evaluate('document.documentElement.scrollWidth > innerWidth'))
      complaints.push(`${theme}: wider than the screen`);
    shown.push({ file, title: `${page.name}, ${theme}` });
  }
  await context.close();
  console.log(page.name, ...complaints);
  return { shown, complaints };
}

const wanted = process.argv.slice(2);
const server = await startFilled();
try {
  mkdirSync(OUT, { recursive: true });
  const browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: false });
  const shown = [];
  let faults = 0;
  for (const page of await pagesOf(server)) {
    if (wanted.length > 0 && !wanted.some((word) => page.name.includes(word))) continue;
    const visited = await visit(browser, server, page);
    shown.push(...visited.shown);
    faults += visited.complaints.length;
  }
  await browser.close();
  const figures = shown.map(
    ({ file, title }) => `<figure><img src="${file}" width="100%"><figcaption>${title}</figcaption></figure>`,
  );
  console.log(`${shown.length} pictures, ${faults} complaints`);
  if (faults > 0) process.exitCode = 1;
  writeFileSync(join(OUT, 'index.html'), `<!doctype html><title>Pages of Runledger</title>\n${figures.join('\n')}\n`);
} finally {
  await server.stop();
}

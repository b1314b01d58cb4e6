import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import type { Server } from './server';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const WAIT_MS = 120_000;

type Measures = Record<string, number>;
export type Browser = Readonly<{
  /** From the beginning of a visit to the moment when this is on the page, and what `more` finds out there. */
  visit(address: string, selector: string, more: (page: Page) => Promise<Measures>): Promise<Measures>;
  /** The same for somebody who was never here: with what is loaded until then. */
  firstLoad(address: string, selector: string): Promise<Measures>;
  /** Bytes of the page's heap behind a collection. */
  heapOf(page: Page): Promise<() => Promise<number>>;
  close(): Promise<void>;
}>;

/** Notes when the selector is first met, in ms since the navigation began. */
const watchFor = (selector: string): string => `
  new MutationObserver((_, watching) => {
    if (window.usableAt !== undefined || document.querySelector(${JSON.stringify(selector)}) === null) return;
    window.usableAt = performance.now();
    watching.disconnect();
  }).observe(document, { childList: true, subtree: true });`;

const ASK_MS = 5;

/** The value of an expression of the page once it has one. The page's policy lets it not wait itself, by an expression that is a text. */
export async function until(page: Page, expression: string): Promise<number> {
  const end = performance.now() + WAIT_MS;
  while (performance.now() < end) {
    const value = await page.evaluate<number | undefined>(expression);
    if (value !== undefined) return value;
    await sleep(ASK_MS);
  }
  throw new Error(`the page never came to ${expression}`);
}

/** A person who is signed in, with the system's Chromium. */
export async function openBrowser({ url, key }: Server): Promise<Browser> {
  const executablePath = CHROMIUM.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error('the bench needs Chromium (Debian package chromium)');
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: ['--disable-gpu'],
  });
  const open = async (selector: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.addInitScript(watchFor(selector));
    return page;
  };
  const go = async (page: Page, address: string): Promise<number> => {
    await page.goto(`${url}${address}#key=${encodeURIComponent(key)}`);
    return until(page, 'window.usableAt');
  };
  return {
    async visit(address, selector, more) {
      const page = await open(selector);
      try {
        const usableMs = await go(page, address);
        return { usableMs, ...(await more(page)) };
      } finally {
        await page.context().close();
      }
    },
    async firstLoad(address, selector) {
      const page = await open(selector);
      let gzippedBytes = 0;
      let isUsable = false;
      const sizes: Array<Promise<void>> = [];
      page.on('requestfinished', (request) => {
        if (isUsable || !/[.](js|css)$/.test(new URL(request.url()).pathname)) return;
        sizes.push(
          request.sizes().then(({ responseBodySize }) => {
            gzippedBytes += responseBodySize;
          }),
        );
      });
      try {
        const usableMs = await go(page, address);
        isUsable = true;
        await Promise.all(sizes);
        return { usableMs, gzippedBytes };
      } finally {
        await page.context().close();
      }
    },
    async heapOf(page) {
      const session = await page.context().newCDPSession(page);
      return async () => {
        await session.send('HeapProfiler.collectGarbage');
        return (await session.send('Runtime.getHeapUsage')).usedSize;
      };
    },
    close: () => browser.close(),
  };
}

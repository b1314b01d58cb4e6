import { existsSync } from 'node:fs';
import { source as axe } from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Visitor = Readonly<{
  page: Page;
  context: BrowserContext;
  /** What the browser complained about: errors, and what the policy stopped. */
  complaints: readonly string[];
  /** Rules of accessibility that what is shown breaks, with the elements. */
  violations(): Promise<string[]>;
  close(): Promise<void>;
}>;

/** Resolves when nothing has moved for some frames, but for what moves for ever: what fades in has another contrast until it is there. */
const AT_REST = `new Promise((rest) => {
  let frames = 0;
  const look = () => {
    const moves = document.getAnimations().some(({ playState, effect }) =>
      playState === 'running' && Number.isFinite(effect.getComputedTiming().endTime));
    frames = moves ? 0 : frames + 1;
    if (frames > 5) rest(); else requestAnimationFrame(look);
  };
  look();
})`;

/** A person with a fresh profile in the system's Chromium, in a folder that goes with it. */
export async function openVisitor(profile: string): Promise<Visitor> {
  const executablePath = CHROMIUM.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error('the tests need Chromium (Debian package chromium)');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: ARGS,
    viewport: { width: 1_440, height: 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return {
    page,
    context,
    complaints,
    violations: async () => {
      await page.evaluate(AT_REST);
      await page.evaluate(axe);
      const found = await page.evaluate<Array<{ id: string; nodes: Array<{ html: string; failureSummary: string }> }>>(
        'axe.run().then(({ violations }) => violations)',
      );
      return found.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
      );
    },
    close: () => context.close(),
  };
}

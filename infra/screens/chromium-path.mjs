import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium. */
export function chromiumPath() {
  const found = PATHS.find((path) => existsSync(path));
  if (found === undefined) throw new Error('pictures need Chromium (Debian package chromium)');
  return found;
}

import { sealedParts } from '@runledger/contracts';
import { html as escaped } from './dossier-html';

/** The file that says what sealed texts of the dossier stand for, as far as the server would tell when the bundle was made. */
export const NAMES_FILE = 'names.json';

/** By the sealed text. */
export type Names = Readonly<Record<string, string>>;

export const sealedIn = (html: Buffer): string[] => [
  ...new Set(Array.from(sealedParts(html.toString()), ({ sealed }) => sealed)),
];

/** The dossier with names in place of what is sealed. What nobody told stays sealed. */
export function withNames(html: Buffer, names: Names): Buffer {
  const sealed = sealedIn(html);
  if (sealed.length === 0) return html;
  let page = html.toString();
  for (const text of sealed) {
    const said = Object.hasOwn(names, text) ? names[text] : undefined;
    if (said !== undefined) page = page.replaceAll(text, () => escaped(said));
  }
  return Buffer.from(page);
}

/** What the file holds: texts by sealed texts, sorted. */
export const namesFile = (names: Names): Buffer =>
  Buffer.from(
    `${JSON.stringify(Object.fromEntries(Object.entries(names).toSorted(([a], [b]) => (a < b ? -1 : 1))), null, 1)}\n`,
  );

/** Null where it is no such file. */
export function readNames(text: string): Names | null {
  try {
    const names: unknown = JSON.parse(text);
    if (typeof names !== 'object' || names === null || Array.isArray(names)) return null;
    return Object.values(names).every((name) => typeof name === 'string') ? (names as Names) : null;
  } catch {
    return null;
  }
}

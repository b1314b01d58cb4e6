/** `key: value` as people write a tag; a word alone is a tag that is set. Null where there is no key. */
export function readTag(text: string): { key: string; value: string } | null {
  const [key = '', ...rest] = text.split(':');
  const value = rest.join(':').trim();
  return key.trim() === '' ? null : { key: key.trim(), value: value === '' ? 'true' : value };
}

export type Bytes = Uint8Array<ArrayBuffer>;

export const textBytes = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));

/** @throws DOMException InvalidCharacterError */
export const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function join(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const sha256 = async (...parts: readonly Uint8Array[]): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => toHex(a) === toHex(b);

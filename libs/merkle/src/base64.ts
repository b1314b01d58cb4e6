/** RFC 4648, section 4, and only what encodes to the very same text: two texts of one value would be two notes. */
export function readBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

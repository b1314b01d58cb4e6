/** What `index.html` has asked for before this application was there, and as whom. */
type EarlyReads = Readonly<{ key: string | null; answers: Map<string, Promise<Response>> }>;

/** The answer to a read that was begun early, once: whoever asks again wants what holds then. Undefined: it was not, or by somebody else. */
export function takeEarly(url: string, key: string | null): Promise<Response> | undefined {
  const { earlyReads } = globalThis as { earlyReads?: EarlyReads };
  if (earlyReads === undefined || earlyReads.key !== key) return undefined;
  const answer = earlyReads.answers.get(url);
  earlyReads.answers.delete(url);
  return answer;
}

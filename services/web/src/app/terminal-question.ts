/** Where a command line on this machine waits, and the challenge to its secret. */
export type TerminalQuestion = Readonly<{ port: number; challenge: string; state: string }>;

/** What a link of `runledger login` asks; null: it was made by something else. */
export function readTerminalQuestion(search: Readonly<Record<string, unknown>>): TerminalQuestion | null {
  const [port, challenge, state] = [Number(search['port']), String(search['challenge']), String(search['state'])];
  const isPort = Number.isInteger(port) && port >= 1_024 && port <= 65_535;
  return isPort && /^[\w-]{43}$/.test(challenge) && /^[\w-]{1,100}$/.test(state) ? { port, challenge, state } : null;
}

import { parseArgs } from 'node:util';

export const HELP = `npm run demo -- [options]

Trains small neural networks on handwritten digits, a run for each setting, and logs them to a Runledger server.

  --runs N          number of runs (default 8)
  --steps N         training steps of each run (default 600)
  --experiment NAME experiment to log to (default "handwritten digits")
  --read-url URL    where the query service is, when it is not at RUNLEDGER_URL
  --help            this text

RUNLEDGER_URL (default http://127.0.0.1:7070) says where the server is, RUNLEDGER_API_KEY is its key. For a server on
this machine the key is found in RUNLEDGER_DATA (default .runledger). Start one with: npm start`;

export type DemoOptions = Readonly<{
  help: boolean;
  runs: number;
  steps: number;
  experiment: string;
  readUrl: string | undefined;
}>;

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`--${name} must be a whole number from 1 to ${most}, not ${text}`);
}

/** @throws TypeError, RangeError for options that are none */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      runs: { type: 'string', default: '8' },
      steps: { type: 'string', default: '600' },
      experiment: { type: 'string', default: 'handwritten digits' },
      'read-url': { type: 'string' },
    },
  });
  return {
    help: values.help,
    runs: whole('runs', values.runs, 1_000),
    steps: whole('steps', values.steps, 1_000_000),
    experiment: values.experiment,
    readUrl: values['read-url'],
  };
}

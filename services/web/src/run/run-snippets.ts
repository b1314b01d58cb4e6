/** In single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** What loads a run elsewhere: with an unmodified MLflow client, and with nothing but curl. Keys come from the environment. */
export const runSnippets = (origin: string, run: string) => [
  { name: 'id', text: run },
  {
    name: 'Python',
    text: [
      'import mlflow  # the key is in MLFLOW_TRACKING_TOKEN',
      '',
      `mlflow.set_tracking_uri(${JSON.stringify(origin)})`,
      `run = mlflow.get_run(${JSON.stringify(run)})`,
      'print(run.data.params, run.data.metrics)',
    ].join('\n'),
  },
  {
    name: 'curl',
    text: `curl -H "Authorization: Bearer $RUNLEDGER_API_KEY" ${quoted(`${origin}/api/v1/runs/${encodeURIComponent(run)}`)}`,
  },
];

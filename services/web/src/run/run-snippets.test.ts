import { runSnippets } from './run-snippets';

it('loads a run by MLflow and by curl, with the key in the environment', () => {
  const [id, python, curl] = runSnippets('http://127.0.0.1:7070', 'r:1');
  expect(id?.text).toBe('r:1');
  expect(python?.text).toContain('mlflow.set_tracking_uri("http://127.0.0.1:7070")\nrun = mlflow.get_run("r:1")');
  expect(curl?.text).toBe(
    `curl -H "Authorization: Bearer $RUNLEDGER_API_KEY" 'http://127.0.0.1:7070/api/v1/runs/r%3A1'`,
  );
});

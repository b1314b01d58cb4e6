import type { Ingredients, RowKey } from '@runledger/contracts';
import type { EntityManager } from 'typeorm';

type Of = Readonly<{ workspace: string; run: string }>;

/** What the fingerprints of these runs are made of, as it stands before a batch. */
export async function loadIngredients(tx: EntityManager, keys: readonly RowKey[]): Promise<Ingredients[]> {
  if (keys.length === 0) return [];
  const given = [keys.map(({ workspace }) => workspace), keys.map(({ id }) => id)];
  const of = `unnest($1::text[], $2::text[]) as k (workspace, run) join`;
  const by = 't.workspace = k.workspace and t.run = k.run';
  const params: Array<Of & { key: string; value: string }> = await tx.query(
    `select t.workspace, t.run, t.key, t.value from ${of} read.run_param t on ${by}`,
    given,
  );
  const codes: Array<Of & { commit: string | null; dirty: boolean | null; diff_digest: string | null }> =
    await tx.query(
      `select t.workspace, t.run, t.commit, t.dirty, t.diff_digest from ${of} read.run_code t on ${by} and t.to_off is null`,
      given,
    );
  const inputs: Array<Of & { digest: string; context: string }> = await tx.query(
    `select t.workspace, t.run, t.digest, t.context from ${of} read.run_input t on ${by}`,
    given,
  );
  const nameOf = ({ workspace, run }: Of): string => `${workspace}/${run}`;
  const grouped = <R extends Of>(rows: readonly R[]): Map<string, R[]> => {
    const groups = new Map<string, R[]>();
    for (const row of rows) {
      const group = groups.get(nameOf(row)) ?? [];
      groups.set(nameOf(row), group);
      group.push(row);
    }
    return groups;
  };
  const [paramsOf, inputsOf] = [grouped(params), grouped(inputs)];
  const codeOf = new Map(codes.map((row) => [nameOf(row), row]));
  return keys.map(({ workspace, id: run }) => {
    const name = nameOf({ workspace, run });
    const code = codeOf.get(name);
    return {
      workspace,
      run,
      params: paramsOf.get(name) ?? [],
      code: code === undefined ? null : { commit: code.commit, dirty: code.dirty, diffDigest: code.diff_digest },
      inputs: inputsOf.get(name) ?? [],
    };
  });
}

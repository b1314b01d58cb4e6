import {
  type CheckLine,
  type CheckResult,
  checkLine,
  type Difference,
  type RebuildLine,
  rebuildLine,
} from '@runledger/contracts/http';
import type { Projection } from '@runledger/postgres';
import type { Scene } from './upkeep-scene';

const linesOf = <Line>(text: string, read: (line: unknown) => Line): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => read(JSON.parse(line)));

/** What a check that is asked for finds. */
export async function check(
  scene: Scene,
  body: object = {},
): Promise<{ result: CheckResult; differences: Difference[] }> {
  const { status, text } = await scene.ask('check', undefined, body);
  if (status !== 200) throw new Error(`${status} ${text}`);
  const lines = linesOf(text, (line): CheckLine => checkLine.parse(line));
  const result = lines.at(-1);
  if (result?.kind !== 'result') throw new Error(JSON.stringify(result));
  return { result, differences: lines.filter((line) => line.kind === 'difference') };
}

/** The last line of a rebuild that is asked for. */
export async function rebuild(scene: Scene, projection: Projection): Promise<RebuildLine> {
  const { status, text } = await scene.ask('rebuild', undefined, { projection });
  if (status !== 200) throw new Error(`${status} ${text}`);
  return linesOf(text, (line): RebuildLine => rebuildLine.parse(line)).at(-1) as RebuildLine;
}

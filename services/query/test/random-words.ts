import type { DecisionType } from '@runledger/contracts';
import { drawing } from '@runledger/testkit';
import type { Scene } from './query-scene';
import type { Decided } from './random-decisions';

/** Records random notes, comments, boards and views, written, written again and taken away. */
export async function recordRandomWords(
  { record }: Scene,
  runs: readonly string[],
  seed: number,
  rounds: number,
): Promise<Decided[]> {
  const draw = drawing(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const decided: Decided[] = [];
  const there = new Set<string>();
  const numbers = new Map<string, number>();
  const decide = async (subject: string, type: DecisionType, data: Decided['data']): Promise<void> => {
    await record.decision(subject, type, data);
    decided.push({ subject, type, data });
  };
  const next = (subject: string): number => {
    numbers.set(subject, (numbers.get(subject) ?? 0) + 1);
    return numbers.get(subject) ?? 0;
  };
  const isTaken = (subject: string): boolean => {
    const isGone = draw() < 0.25 && there.delete(subject);
    if (!isGone) there.add(subject);
    return isGone;
  };
  const words = ['why', '*because*', 'a\nb', 'é'];
  const note = (): Promise<void> => {
    const run = pick(runs);
    return decide(`note/${run}`, 'note.written', { run, number: next(`note/${run}`), text: pick([...words, '']) });
  };
  const comment = (): Promise<void> => {
    const n = pick([0, 1, 2, 3, 4, 5]);
    const subject = `comment/c${n}`;
    const id = runs[n % 3] ?? '';
    const about = n % 2 === 0 ? { kind: 'run', id } : { kind: 'chart', id, metric: 'loss' };
    if (isTaken(subject)) return decide(subject, 'comment.deleted', { comment: `c${n}` });
    return decide(subject, 'comment.written', {
      comment: `c${n}`,
      about,
      text: pick(words),
      mentions: pick([[], ['ada']]),
    });
  };
  const board = (): Promise<void> => {
    const id = pick(['b1', 'b2']);
    if (isTaken(`board/${id}`)) return decide(`board/${id}`, 'board.deleted', { board: id });
    const panels = Array.from({ length: pick([0, 1, 2]) }, (_, i) => {
      return { panel: `p${i}`, title: '', width: 12, height: 2, content: { kind: 'text', markdown: pick(words) } };
    });
    const saved = { board: id, number: next(`board/${id}`), form: id === 'b1' ? 'report' : 'dashboard', panels };
    return decide(`board/${id}`, 'board.saved', { ...saved, name: pick(['weekly', 'daily']) });
  };
  const view = (): Promise<void> => {
    const id = pick(['v1', 'v2', 'v3']);
    if (isTaken(`view/${id}`)) return decide(`view/${id}`, 'view.deleted', { view: id });
    const search = pick(['?q=a', '?q=b', '']);
    return decide(`view/${id}`, 'view.saved', { view: id, experiment: 'e1', name: `view ${id}`, search });
  };
  for (let round = 0; round < rounds; round++) await pick([note, comment, board, view])();
  return decided;
}

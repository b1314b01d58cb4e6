import { FACTS, type FactType, runSubject } from '@runledger/contracts';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { LaneName } from './segments';

/** What an event's schema takes. */
export type FactData<T extends FactType> = (typeof FACTS)[T]['data']['_zod']['input'];
export type Input = FactData<'inputs.used'>['inputs'][number];
export type Link = FactData<'run.linked'>['links'][number];
/** An event in the making. */
export type Fact = Readonly<{ id: string; type: FactType; time: string; data: unknown }>;

/** Checked here, in the caller's face: the server would refuse the whole batch. @throws Fault invalid SDK_BAD_FACT */
export function makeFact<T extends FactType>(type: T, data: FactData<T>): Fact {
  const parsed = FACTS[type].data.safeParse(data);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new Fault('invalid', 'SDK_BAD_FACT', `${type} cannot be recorded: ${issues.join('; ')}`);
  }
  return { id: uuidv7(), type, time: new Date().toISOString(), data };
}

export type BatchName = Readonly<{ run: string; writer: string; sequence: number }>;

/** The body of one request: all facts of one batch have its writer and sequence. */
export function eventsBody(facts: readonly Fact[], { run, writer, sequence }: BatchName): string {
  const subject = runSubject(run);
  return JSON.stringify({ events: facts.map((fact) => ({ ...fact, subject, writer, sequence })) });
}

type Totals = Readonly<{ batches: number; points: number }>;

/** A writer's end: what it sent in all. `runs` counts the batch that says so. */
export function closingFacts(writer: string, totals: (lane: LaneName) => Totals): Fact[] {
  const closed = (topic: 'runs' | 'metrics' | 'console', batches: number, points: number): Fact =>
    makeFact('writer.closed', { writer, topic, batches, points });
  const facts = [closed('runs', totals('runs').batches + 1, 0)];
  for (const lane of ['metrics', 'console'] as const) {
    const { batches, points } = totals(lane);
    if (batches > 0) facts.push(closed(lane, batches, points));
  }
  return facts;
}

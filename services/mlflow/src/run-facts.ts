import type { Principal } from '@runledger/access';
import { eventRecord, FACTS, type FactType, type LogRecord, runSubject } from '@runledger/contracts';
import { checkInput } from '@runledger/http';
import { uuidv7 } from '@runledger/kernel';

/** One fact of a run, as this door makes it. */
export type NewFact = Readonly<{ type: FactType; data: unknown }>;

export const SOURCE = 'runledger/mlflow';

/**
 * The message that records these facts, all of them or none. Their data are checked by the shapes that readers will read them with.
 * @throws Fault invalid HTTP_BAD_INPUT
 */
export function factRecord({ workspace, actor }: Principal, run: string, facts: readonly NewFact[]): LogRecord {
  const recordedtime = new Date().toISOString();
  const events = facts.map(({ type, data }) => {
    checkInput(FACTS[type].data, data, type);
    return { id: uuidv7(), type, time: recordedtime, dataversion: FACTS[type].version, data };
  });
  return eventRecord({
    topic: 'runs',
    workspace,
    subject: runSubject(run),
    source: SOURCE,
    actor,
    recordedtime,
    events,
  });
}

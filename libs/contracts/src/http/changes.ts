import { z } from 'zod';
import { page, time } from './answers';

const members = z.record(z.string(), z.unknown());

const changedRow = z.strictObject({
  kind: z.string().describe('what it is a row of: experiment, model, version, alias, …'),
  id: z.string(),
  name: z.string().describe('within the id: a version, an alias, a path; empty where there is one row only'),
  before: members.nullable().describe('the members that changed, as they were; null: it was not there'),
  after: members.nullable().describe('the same members as they are; null: it ended'),
});

export const changesAnswer = page({
  changes: z.array(
    z.strictObject({
      position: z.string().describe('a position token: a read with at-least of it shows the change'),
      journalseq: z.int().min(1).describe('gapless in the workspace'),
      event: z.string().describe('id of the event, by which its proof is asked for'),
      subject: z.string().describe('the stream that the command was decided on'),
      version: z.int().min(1).describe('of the stream'),
      type: z.string(),
      actor: z.string(),
      time,
      rows: z.array(changedRow).describe('empty where a command changed nothing that is shown'),
    }),
  ),
});
export type ChangesAnswer = z.output<typeof changesAnswer>;

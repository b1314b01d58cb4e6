import { decideExport, type ExportChange, type ExportCommand, exportSubject } from '@runledger/domain';
import { needsNothing, refusing } from './refusals';
import type { Rules } from './rules';

/** What left is kept, whatever was kept before: the stream has no state. */
export const exportRules: Rules<ExportCommand, null, ExportChange, null> = {
  subject: exportSubject,
  initial: null,
  evolve: () => null,
  decide: decideExport,
  result: () => null,
  taken: needsNothing,
  absent: needsNothing,
  refused: refusing({}),
};

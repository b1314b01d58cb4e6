import type { ChangeOf, EXPORT_DECISIONS } from '@runledger/contracts';
import type { Outcome } from '@runledger/kernel';
import { type Decision, decided } from './decision';

export type ExportChange = ChangeOf<typeof EXPORT_DECISIONS>;
/** What has left is kept in the record; nobody refuses that. */
export type ExportCommand = Readonly<{ name: 'record-export'; change: ExportChange }>;

/** A stream for each day, so that none grows for ever. */
export const exportSubject = ({ change }: ExportCommand): string => `access/exports/${change.data.at.slice(0, 10)}`;

export const decideExport = ({ change }: ExportCommand): Outcome<Decision<ExportChange>, never> => decided([change]);

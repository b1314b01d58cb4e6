import { Fault } from '@runledger/kernel';
import {
  beginSealing,
  createOpenAnswer,
  type OpenAnswer,
  openPersonalData,
  type PersonalData,
} from '@runledger/personal';
import type { DataSource } from 'typeorm';
import type { Opening } from './start-engines';

type PersonalChoice = Readonly<{
  RUNLEDGER_PERSONAL_KEYS?: string | undefined;
  RUNLEDGER_PERSONAL_KEY?: string | undefined;
}>;
type WritingChoice = Required<PersonalChoice> & Readonly<{ RUNLEDGER_PERSONAL_CLEAR: 'refuse' | 'keep' }>;

/** Of a process that reads: null where it has no keys. @throws Fault invalid PERSONAL_HALF_KEYS, and those of openPersonalData */
export async function openPersonalReads(config: PersonalChoice): Promise<PersonalData | null> {
  const { RUNLEDGER_PERSONAL_KEYS: keys, RUNLEDGER_PERSONAL_KEY: encryption } = config;
  if (keys === undefined && encryption === undefined) return null;
  if (keys === undefined || encryption === undefined)
    throw new Fault(
      'invalid',
      'PERSONAL_HALF_KEYS',
      'RUNLEDGER_PERSONAL_KEYS and RUNLEDGER_PERSONAL_KEY come together',
    );
  return openPersonalData({ keys, encryption });
}

/** Of a process that writes what is said of people. @throws Fault of openPersonalData and beginSealing */
export async function startPersonal(
  { logger }: Pick<Opening, 'logger'>,
  config: WritingChoice,
  source: DataSource,
): Promise<PersonalData> {
  const personal = await openPersonalData({
    keys: config.RUNLEDGER_PERSONAL_KEYS ?? '',
    encryption: config.RUNLEDGER_PERSONAL_KEY ?? '',
  });
  await beginSealing(source, personal, { clear: config.RUNLEDGER_PERSONAL_CLEAR, logger });
  return personal;
}

/** How a door opens what is sealed; it sends it as it is kept where there are no keys. */
export const openAnswersBy = (personal: PersonalData | null): OpenAnswer | undefined =>
  personal === null ? undefined : createOpenAnswer(personal);

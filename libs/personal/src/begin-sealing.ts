import { PERSONAL_FIELDS, PERSONAL_TAGS, SEALED_MARK } from '@runledger/contracts';
import { Fault, type Logger } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import type { PersonalData } from './personal-data';

const CANARY_OF = 'system';
const CANARY = 'a text of nobody';

/** Whether the projections or the journal show a text about somebody that stands in the record as it was said. */
async function isAnythingClear(source: DataSource): Promise<boolean> {
  const [row]: Array<{ clear: boolean }> = await source.query(
    `select exists (select from read.run_tag where key = any ($1::text[]) and value not like $2 and value <> '')
         or exists (select from read.run_environment where host not like $2 or command not like $2)
         or exists (select from read.run_code where entrypoint not like $2)
         or exists (
           select from custody.journal_event e
           cross join lateral jsonb_array_elements(case jsonb_typeof(e.data -> 'tags') when 'array' then e.data -> 'tags' else '[]' end) t
           where e.type = any ($3::text[]) and t ->> 'key' = any ($1::text[]) and t ->> 'value' not like $2 and t ->> 'value' <> '')
         or exists (
           select from custody.journal_event e
           cross join lateral unnest(array[e.data ->> 'text', e.data ->> 'printedName', e.data ->> 'owner', e.data ->> 'validator', e.data ->> 'workload']) said
           where e.type = any ($3::text[]) and said not like $2 and said <> '') as clear`,
    [[...PERSONAL_TAGS], `${SEALED_MARK}%`, Object.keys(PERSONAL_FIELDS)],
  );
  return row?.clear === true;
}

/**
 * Sees to it that this deployment seals with the keys that it began with. What is in the record stays as it is: leaves of the ledger
 * commit to it.
 * @throws Fault invalid PERSONAL_CLEAR_BEFORE, PERSONAL_OTHER_KEYS
 */
export async function beginSealing(
  source: DataSource,
  personal: PersonalData,
  { clear, logger }: Readonly<{ clear: 'refuse' | 'keep'; logger: Logger }>,
): Promise<void> {
  const rows: Array<{ canary: string }> = await source.query('select canary from custody.sealing');
  const [begun] = rows;
  if (begun !== undefined) {
    if ((await personal.opened(CANARY_OF, begun.canary)) === CANARY) return;
    throw new Fault(
      'invalid',
      'PERSONAL_OTHER_KEYS',
      'RUNLEDGER_PERSONAL_KEYS does not hold the keys by which this deployment has sealed what it knows of people: give it the right folder, or restore it',
    );
  }
  const isClear = await isAnythingClear(source);
  if (isClear && clear === 'refuse')
    throw new Fault(
      'invalid',
      'PERSONAL_CLEAR_BEFORE',
      'events from before this release name people in clear, and the ledger commits to them as they are. RUNLEDGER_PERSONAL_CLEAR=keep keeps them, and seals what comes; nobody can be erased from the older ones. To have none of them, begin a new data folder and copy the runs into it',
    );
  if (isClear) logger.warn('what was said of people until now stays in clear; it is sealed from now on');
  await source.query('insert into custody.sealing (clear_before, canary) values ($1, $2) on conflict do nothing', [
    isClear,
    await personal.seal(CANARY_OF, 'canary', CANARY),
  ]);
}

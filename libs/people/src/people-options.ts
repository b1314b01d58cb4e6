import { Fault } from '@runledger/kernel';
import { isSafePlace, readIssuers } from './issuers';
import type { PeopleOptions } from './people-room';

type PeopleChoice = Readonly<{
  RUNLEDGER_ISSUERS?: string | undefined;
  RUNLEDGER_PUBLIC_URL?: string | undefined;
  RUNLEDGER_LOCAL_ACCOUNTS: boolean;
  RUNLEDGER_SESSION_IDLE_MINUTES: number;
  RUNLEDGER_SESSION_HOURS: number;
}>;

/** @throws Fault invalid PEOPLE_BAD_ISSUERS, PEOPLE_BAD_PUBLIC_URL, PEOPLE_TWO_WAYS_IN */
export async function openPeopleOptions(config: PeopleChoice): Promise<PeopleOptions> {
  const publicUrl = config.RUNLEDGER_PUBLIC_URL;
  if (publicUrl !== undefined && !isSafePlace(publicUrl))
    throw new Fault(
      'invalid',
      'PEOPLE_BAD_PUBLIC_URL',
      'RUNLEDGER_PUBLIC_URL must be https, or http on loopback: browsers keep no session elsewhere',
    );
  const issuers = await readIssuers(config.RUNLEDGER_ISSUERS);
  if (publicUrl === undefined && issuers.some(({ signsIn }) => signsIn === 'people'))
    throw new Fault('invalid', 'PEOPLE_BAD_PUBLIC_URL', 'RUNLEDGER_PUBLIC_URL is needed where people sign in');
  const localAccounts = config.RUNLEDGER_LOCAL_ACCOUNTS;
  if (localAccounts && issuers.some(({ signsIn }) => signsIn === 'people'))
    throw new Fault(
      'invalid',
      'PEOPLE_TWO_WAYS_IN',
      'RUNLEDGER_LOCAL_ACCOUNTS is for where there is no provider: who leaves an organisation would keep a password here',
    );
  return {
    issuers,
    publicUrl,
    localAccounts,
    idleSeconds: config.RUNLEDGER_SESSION_IDLE_MINUTES * 60,
    sessionSeconds: config.RUNLEDGER_SESSION_HOURS * 3_600,
  };
}

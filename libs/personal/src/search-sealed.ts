import type { Entity, Filter } from '@runledger/filter';
import type { PersonalData } from './personal-data';
import { sealedFilter } from './sealed-filter';

type Asked = Readonly<{ filter: Filter } & ({ workspace: string } | { reach: Readonly<{ workspace: string }> })>;

const isAsked = (asked: unknown): asked is Asked =>
  typeof asked === 'object' && asked !== null && 'filter' in asked && ('workspace' in asked || 'reach' in asked);

type Read = (...given: unknown[]) => unknown;

/** Reads whose filters find what is sealed by what it says. Reads without a filter are as they were. */
export function searchSealed<R extends Readonly<Record<keyof R, unknown>>>(
  reads: R,
  entity: Entity,
  personal: PersonalData | null | undefined,
): R {
  if (!personal) return reads;
  const sealed = Object.entries(reads).map(([name, read]): [string, Read] => [
    name,
    async (asked, ...more) => {
      if (!isAsked(asked)) return (read as Read)(asked, ...more);
      const workspace = 'reach' in asked ? asked.reach.workspace : asked.workspace;
      return (read as Read)(
        { ...asked, filter: await sealedFilter(personal, workspace, asked.filter, entity) },
        ...more,
      );
    },
  ]);
  return Object.fromEntries(sealed) as R;
}

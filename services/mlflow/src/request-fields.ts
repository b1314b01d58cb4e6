import { Fault } from '@runledger/kernel';
import { z } from 'zod';

/** How MLflow's protocol (protobuf as JSON, or as a query string) writes its fields. Unknown ones are ignored, null is unset. */

const DIGITS = /^-?\d{1,19}$/;

/** An int64, which clients send as a number or as a string; anything that is not exact is refused (what a double would change comes as text, see parseStrictJson). */
export const int64 = z
  .union([z.number().refine(Number.isInteger), z.string().regex(DIGITS)], {
    error: 'must be a 64-bit integer, exactly',
  })
  .transform(BigInt)
  .refine((value) => BigInt.asIntN(64, value) === value, { error: 'must fit into 64 bits' });

const MAX_MILLIS = 253_402_300_799_999n;
/** ms since 1970, up to the year 9999. */
export const millis = int64
  .refine((value) => value >= 0n && value <= MAX_MILLIS, {
    error: 'must be milliseconds since 1970, before the year 10000',
  })
  .transform(Number);

/** A whole number within bounds, as a number or as a string. */
export const whole = (least: number, most: number) =>
  int64
    .refine((value) => value >= BigInt(least) && value <= BigInt(most), {
      error: `must be at least ${least} and at most ${most}`,
    })
    .transform(Number);

/** A repeated field: one value in a query string stands for a list of one. */
export const repeated = <S extends z.ZodType>(item: S) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item));

export const viewType = z.enum(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']);

/** Lifecycles that a view shows. */
export const lifecycleOf = (view: z.output<typeof viewType> | undefined): 'active' | 'deleted' | 'all' =>
  (({ ACTIVE_ONLY: 'active', DELETED_ONLY: 'deleted', ALL: 'all' }) as const)[view ?? 'ACTIVE_ONLY'];

/** What a page token holds: the place of the last thing of the page before, in the order asked for. */
export const searchPlace = z.array(z.string().nullable());

/** Which run is meant: `run_uuid` is the old name of `run_id`. */
export const runRef = { run_id: z.string().optional(), run_uuid: z.string().optional() };

/** @throws Fault invalid MLFLOW_MISSING_FIELD */
export function runIdOf({ run_id, run_uuid }: { run_id?: string | undefined; run_uuid?: string | undefined }): string {
  return required('run_id', run_id || run_uuid);
}

/** @throws Fault invalid MLFLOW_MISSING_FIELD */
export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '')
    throw new Fault('invalid', 'MLFLOW_MISSING_FIELD', `Missing value for required parameter '${name}'.`);
  return value;
}

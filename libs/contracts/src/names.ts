import { z } from 'zod';

/** Names that an object member must never have: they would reach a prototype. */
const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Text that every store and every language keeps exactly: well-formed Unicode without NUL. */
export const isCleanText = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

const clean = (max: number) =>
  z.string().max(max).refine(isCleanText, { error: 'must be well-formed Unicode without NUL' });

/** Free text of at most `max` UTF-16 units. */
export const text = (max: number) => clean(max);

/** A name that people choose: 1 to `max` characters, none of a prototype's names. */
export const name = (max: number) =>
  clean(max)
    .min(1)
    .refine((value) => !PROTOTYPE_NAMES.has(value), { error: 'must not be a name of a prototype' });

/** Longest metric, param or tag key, in UTF-16 units. */
export const MAX_KEY_LENGTH = 250;
export const isKey = (key: string): boolean =>
  key.length > 0 && key.length <= MAX_KEY_LENGTH && isCleanText(key) && !PROTOTYPE_NAMES.has(key);
export const key = name(MAX_KEY_LENGTH);

const ENTITY_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/;
export const isEntityId = (id: string): boolean => ENTITY_ID.test(id) && !PROTOTYPE_NAMES.has(id);
/** Id of a run, experiment, writer or event: chosen by the client, UUIDv7 by preference. */
export const entityId = z.string().refine(isEntityId, {
  error: 'must be 1 to 128 of A-Z a-z 0-9 _ . : - and begin with a letter or digit',
});

const WORKSPACE = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const workspaceId = z.string().regex(WORKSPACE, { error: 'must be 1 to 63 of a-z 0-9 -' });

/** RFC 3339 time with a zone. */
export const instant = z.iso.datetime({ offset: true });

const DIGITS = /^-?\d{1,19}$/;
const isInt64 = (digits: string): boolean =>
  DIGITS.test(digits) && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);

/** An int64 as JSON carries it: a number when exact, a string of digits beyond 2^53. */
export const int64 = z.union([
  z.int(),
  z.string().regex(DIGITS).refine(isInt64, { error: 'must be an integer of 64 bits' }),
]);

const MODEL_NAME = /^(?!\.\.)(?!\.$)[^/:]*[^/:\s][^/:]*$/;
/** Name of a registered model: it stands in URIs between slashes and colons. */
export const modelName = name(256).refine((value) => MODEL_NAME.test(value), {
  error: 'must hold neither / nor :, be no path of dots, and not be blank',
});

/** Name of an alias of a model. */
export const aliasName = z
  .string()
  .max(255)
  .refine(isCleanText)
  .regex(/^[\p{L}\p{N}_-]+$/u, { error: 'must be of letters, digits, _ and -' });

/** Number of a version of a model. */
export const versionNumber = z.int().min(1).max(2_147_483_647);

export const MODEL_STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type ModelStage = (typeof MODEL_STAGES)[number];

import { S3ServiceException } from '@aws-sdk/client-s3';
import { Fault, isFault } from '@runledger/kernel';
import { badRange } from './byte-range';
import { noSuchBytes } from './digest';

const MISSING = new Set(['NoSuchKey', 'NotFound']);
const FULL = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'ServiceQuotaExceededException']);
const NO_SPACE = 507;

const statusOf = (error: S3ServiceException): number | undefined => error.$metadata.httpStatusCode;

/** A conditional write that found the object there. */
export const isPresent = (error: unknown): boolean => error instanceof S3ServiceException && statusOf(error) === 412;
/** Another conditional write of the same object is under way. */
export const isContended = (error: unknown): boolean => error instanceof S3ServiceException && statusOf(error) === 409;
export const isForbidden = (error: unknown): boolean => error instanceof S3ServiceException && statusOf(error) === 403;
/** By its name: a bucket that is not there answers 404 as well. */
export const isMissing = (error: unknown): boolean => error instanceof S3ServiceException && MISSING.has(error.name);

function faultOf(cause: unknown): Fault {
  if (isFault(cause)) return cause;
  if (isMissing(cause)) return noSuchBytes();
  if (cause instanceof S3ServiceException) {
    if (statusOf(cause) === 416) return badRange();
    if (statusOf(cause) === NO_SPACE || FULL.has(cause.name))
      return new Fault('full', 'ARTIFACTS_FULL', 'the store of the artifacts is full; nothing was stored', { cause });
  }
  return new Fault('unavailable', 'ARTIFACTS_AWAY', 'the artifacts cannot be reached', { cause });
}

/** Whatever S3 answers, and whether it answers at all, becomes one of the port's faults. */
export async function withBucketFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(error);
  }
}

/** The same of a deletion, which the lock of a bucket forbids. */
export const withDeletionFaults = (work: () => Promise<void>): Promise<void> =>
  withBucketFaults(() =>
    work().catch((cause: unknown) => {
      if (!isForbidden(cause)) throw cause;
      throw new Fault('forbidden', 'ARTIFACTS_LOCKED', 'the store does not let these bytes be deleted', { cause });
    }),
  );

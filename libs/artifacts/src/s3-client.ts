import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { PieceSizes } from './bucket';

export type BucketOptions = Readonly<{
  bucket: string;
  /** Where the bucket's keys of artifacts begin, without a slash at the end; empty for its root. */
  prefix?: string;
  region?: string | undefined;
  /** Of a store that is not Amazon's. */
  endpoint?: string | undefined;
  /** Where clients reach the same store, for URLs that they use by themselves; `endpoint` when absent. */
  publicEndpoint?: string | undefined;
  /** False where clients cannot reach the store at all. */
  direct?: boolean;
  /** When absent, found as Amazon's tools find them: environment, profile, role of the machine. */
  credentials?: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
  sizes?: Partial<PieceSizes>;
  staleMs?: number;
  /** Longest silence of the store before an answer begins. */
  timeoutMs?: number;
  /** How often a request is tried. */
  attempts?: number;
}>;

export function clientOf(
  options: Pick<BucketOptions, 'attempts' | 'timeoutMs' | 'region' | 'credentials'>,
  endpoint: string | undefined,
): S3Client {
  const config: S3ClientConfig = {
    maxAttempts: options.attempts ?? 3,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: options.timeoutMs ?? 60_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 200 },
      httpsAgent: { keepAlive: true, maxSockets: 200 },
    },
  };
  if (options.region !== undefined) config.region = options.region;
  if (options.credentials !== undefined) config.credentials = { ...options.credentials };
  // The name of the bucket as a host name is for those who own the domain.
  if (endpoint !== undefined) Object.assign(config, { endpoint, forcePathStyle: true });
  return new S3Client(config);
}

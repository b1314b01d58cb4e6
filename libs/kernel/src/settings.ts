import { z } from 'zod';
import { count, flag, portNumber } from './config';
import { callerQuotas, quotas } from './quota-setting';

const list = z
  .string()
  .optional()
  .transform((names) => names?.split(',').map((name) => name.trim()));

const address = (port: number) => ({
  RUNLEDGER_PORT: portNumber.default(port).describe('HTTP port; 0 takes a free one'),
  RUNLEDGER_HOST: z.string().min(1).default('127.0.0.1').describe('address to bind to'),
});

const door = {
  RUNLEDGER_HOST_NAMES: list
    .transform((names) => names ?? [])
    .describe('more names that clients call this server by, separated by commas'),
  RUNLEDGER_TRUSTED_PROXIES: list
    .transform((proxies) => proxies ?? [])
    .describe(
      'addresses and ranges, separated by commas, of proxies whose X-Forwarded-Host says by which name a client called',
    ),
  RUNLEDGER_TLS_CERT: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the certificate and its chain; plain HTTP without'),
  RUNLEDGER_TLS_KEY: z.string().min(1).optional().describe('PEM file of its private key'),
  RUNLEDGER_AUTH: flag.default(true).describe('off lets everybody on this machine in; loopback only'),
  RUNLEDGER_LIMITS_WORKSPACE: quotas
    .prefault('requests=20000,bytes=2000000000,points=50000000,reads=128')
    .describe(
      'what all callers of a workspace together may have by the second, of active series by the hour, and of bytes of artifacts in all (storage=); off limits nothing',
    ),
  RUNLEDGER_LIMITS_PROJECT: quotas
    .prefault('off')
    .describe(
      'what callers who are bound to one project may have together by the second; storage= is what any one project may keep of artifacts',
    ),
  RUNLEDGER_LIMITS_CALLER: callerQuotas
    .prefault('requests=10000,bytes=1000000000,points=25000000,reads=64')
    .describe('what one caller (a key) may have by the second; reads are how many may run at a time, on average'),
};

/** Of processes that reach a bucket. Keys are found as Amazon's own tools find them. */
const s3 = {
  RUNLEDGER_S3_REGION: z.string().min(1).optional().describe('region of the buckets'),
  RUNLEDGER_S3_ENDPOINT: z.url().optional().describe("URL of a store that speaks S3 and is not Amazon's"),
};

/** Of processes that read the log: what is old in it may lie elsewhere. */
const archive = {
  RUNLEDGER_ARCHIVE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'where the log is archived: a folder, or s3://bucket/prefix, the same for all processes; when absent, the log alone keeps what it has',
    ),
  ...s3,
};

/** Of processes that archive it. */
const archiving = {
  RUNLEDGER_ARCHIVE_AFTER_DAYS: count
    .default(1)
    .describe('age in days at which messages of the log are archived, where there is an archive'),
  RUNLEDGER_ARCHIVE_DROP_DAYS: count
    .optional()
    .describe(
      'age in days at which archived messages are taken out of the log, once their files were read back and everybody is past them; when absent, they stay in the log for ever',
    ),
};

const log = {
  ...archive,
  RUNLEDGER_LOG: z.enum(['postgres', 'kafka']).default('postgres').describe('where the log is'),
  RUNLEDGER_KAFKA_BROKERS: list.describe('host:port list, needed for kafka'),
};

const postgres = {
  RUNLEDGER_POSTGRES_URL: z.string().min(1).describe('custody and read schema, and the log where that is on Postgres'),
  RUNLEDGER_POSTGRES_CONNECTIONS: count.default(20).describe('most connections to Postgres, besides the log'),
};

const redis = {
  RUNLEDGER_REDIS_URL: z
    .string()
    .optional()
    .describe('Redis for signals between processes; without it, who waits looks once a second'),
};

/** Of processes that keep the ledger. */
const notary = {
  RUNLEDGER_NOTARY_NEXT_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('file of a second key that signs too, while the key changes; made when there is none'),
  RUNLEDGER_NOTARY_SINKS: list
    .transform((places) => places ?? [])
    .describe(
      'folders, URLs and s3://bucket/prefix with Object Lock, separated by commas, that get every newest checkpoint',
    ),
  RUNLEDGER_NOTARY_WITNESSES: list
    .transform((witnesses) => witnesses ?? [])
    .describe(
      'witnesses (C2SP tlog-witness) that sign every newest checkpoint too: the verifier key, a space and the URL of each, separated by commas',
    ),
  RUNLEDGER_NOTARY_LOCK_DAYS: count.default(3_650).describe('how long checkpoints in a bucket stay locked'),
};

/** Of processes that answer reads. */
const reads = {
  RUNLEDGER_CLICKHOUSE_URL: z.string().describe('URL of the ClickHouse server'),
  RUNLEDGER_PAGE_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('signs page tokens; processes behind one address share it; a random one when absent'),
};

/** Of processes that take secrets in, or send to where users say. */
const webhooks = {
  RUNLEDGER_SECRET_KEY: z
    .string()
    .min(1)
    .optional()
    .describe(
      'file of the key that seals stored secrets, for this user only; made when there is none. All processes have the same one',
    ),
  RUNLEDGER_WEBHOOK_RANGES: list
    .transform((ranges = []) => ranges.filter((range) => range !== ''))
    .describe(
      'ranges of addresses that webhooks may reach although they are private, such as 10.0.0.0/8, separated by commas',
    ),
};

/** Of processes by which people sign in. */
const people = {
  RUNLEDGER_ISSUERS: z
    .string()
    .min(1)
    .optional()
    .describe(
      'JSON file of OpenID providers by which people sign in, and of issuers whose tokens jobs exchange for keys',
    ),
  RUNLEDGER_PUBLIC_URL: z
    .url()
    .optional()
    .describe('URL by which browsers reach the web interface; needed where people sign in by a provider'),
  RUNLEDGER_LOCAL_ACCOUNTS: flag
    .default(false)
    .describe('lets people sign in by passwords of this server; for one machine without a provider'),
  RUNLEDGER_SESSION_IDLE_MINUTES: count
    .pipe(z.int().min(5))
    .default(120)
    .describe('minutes without a request after which a person is signed out'),
  RUNLEDGER_SESSION_HOURS: count.pipe(z.int().min(1)).default(12).describe('hours after which a person signs in again'),
};

const personalKeys = {
  RUNLEDGER_PERSONAL_KEYS: z
    .string()
    .min(1)
    .describe(
      'folder of the keys that seal what is said of people, one for each of them; made when there is none, shared by all processes, and in no backup of the data',
    ),
  RUNLEDGER_PERSONAL_KEY: z
    .string()
    .min(1)
    .describe(
      'file of the key that encrypts those keys, for this user only, made when there is none; or `kms:` and the id, name or ARN of a key of AWS KMS, or of what speaks like it',
    ),
};

/** Of processes that write what is said of people. */
const personal = {
  ...personalKeys,
  RUNLEDGER_PERSONAL_CLEAR: z
    .enum(['refuse', 'keep'])
    .default('refuse')
    .describe(
      'what to do where people are named in clear by events from before they were sealed: not to start, or to keep those events, which nobody can be erased from',
    ),
};

/** Of processes that erase. */
const erasure = {
  RUNLEDGER_ERASURE_STONES: z
    .string()
    .min(1)
    .optional()
    .describe(
      'folder, or s3://bucket/prefix with Object Lock, in no backup of the data, that keeps what was erased: after a restore it is erased again',
    ),
  RUNLEDGER_ERASURE_STONES_DAYS: count.default(3_650).describe('how long stones in a bucket stay locked'),
};

/** Of processes in which projects are told how long to keep. */
const retention = {
  RUNLEDGER_RETENTION_DELAY_HOURS: count
    .default(24)
    .describe('hours until a project that is to keep less than before does so; until then it can be taken back'),
};

/** Of processes that only read it; without, they show that something is sealed. */
const personalReads = {
  RUNLEDGER_PERSONAL_KEYS: personalKeys.RUNLEDGER_PERSONAL_KEYS.optional(),
  RUNLEDGER_PERSONAL_KEY: personalKeys.RUNLEDGER_PERSONAL_KEY.optional(),
};

/** Of processes that look after the projections or the ledger. */
const upkeep = {
  RUNLEDGER_CHECK_HOURS: count
    .default(24)
    .describe('hours between two checks in the background of what is read against the log, and of the ledger; 0: none'),
};

const ofProcess = (level: 'info' | 'warn') => ({
  RUNLEDGER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default(level)
    .describe('which log lines go to stderr'),
  RUNLEDGER_FAILPOINT: z.string().optional().describe('for tests: where to stop or kill this process'),
});

/** Settings that several processes have, each said once: a process spreads those that it needs into its own. */
export const settings = {
  address,
  door,
  s3,
  archive,
  archiving,
  log,
  postgres,
  redis,
  reads,
  webhooks,
  notary,
  people,
  personal,
  erasure,
  retention,
  personalReads,
  upkeep,
  process: ofProcess,
} as const;

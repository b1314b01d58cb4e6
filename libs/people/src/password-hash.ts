import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { Fault } from '@runledger/kernel';

/** 32 MiB and three passes, as OWASP's Password Storage Cheat Sheet has it: a good tenth of a second for each guess. */
const COST = { log2N: 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MOST_MEMORY = 64 * 1024 * 1024;
/** Computed at a time, and waiting: whoever sends more is put off, and the rest of the server goes on. */
const AT_ONCE = 2;
const MOST_WAITING = 64;

type Cost = Readonly<{ log2N: number; r: number; p: number }>;

/** The same text in one spelling, however a keyboard composes it (NIST SP 800-63B, 5.1.1.2). */
const spelled = (password: string): string => password.normalize('NFKC');

function derive(password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** log2N, r, p, maxmem: MOST_MEMORY };
  return new Promise((done, fail) => {
    scrypt(spelled(password), salt, HASH_BYTES, options, (error, hash) => (error === null ? done(hash) : fail(error)));
  });
}

let computing = 0;
const waiting: Array<() => void> = [];

/** @throws Fault overloaded PEOPLE_TOO_MANY_SIGN_INS */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (computing < AT_ONCE) computing++;
  else {
    if (waiting.length >= MOST_WAITING)
      throw new Fault('overloaded', 'PEOPLE_TOO_MANY_SIGN_INS', 'too many sign in at a time; try again');
    await new Promise<void>((go) => waiting.push(go)); // the turn is handed over, and stays counted
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) computing--;
    else next();
  }
}

/** What is kept of a password: the costs, the salt and the hash. @throws Fault overloaded PEOPLE_TOO_MANY_SIGN_INS */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await inTurn(() => derive(password, salt, COST));
  return ['scrypt', COST.log2N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

const NOBODYS = { cost: COST, salt: Buffer.alloc(SALT_BYTES), hash: null } as const;

function partsOf(kept: string): Readonly<{ cost: Cost; salt: Buffer; hash: Buffer | null }> {
  const [, log2N, r, p, salt, hash] = /^scrypt:(\d+):(\d+):(\d+):([\w-]+):([\w-]+)$/.exec(kept) ?? [];
  if (salt === undefined || hash === undefined) return NOBODYS;
  const cost = { log2N: Number(log2N), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

/** Whether it is the password. What is no hash costs as much as one and is nobody's. @throws Fault overloaded PEOPLE_TOO_MANY_SIGN_INS */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const { cost, salt, hash } = partsOf(kept);
  const computed = await inTurn(() => derive(password, salt, cost));
  return hash !== null && hash.length === computed.length && timingSafeEqual(hash, computed);
}

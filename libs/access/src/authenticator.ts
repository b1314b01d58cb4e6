import type { Logger } from '@runledger/kernel';
import { createKeyAuthenticator } from './key-authenticator';
import type { KeyStore } from './key-store';
import { createKeyTable } from './key-table';
import { createLastUses } from './last-use';
import type { Authenticator } from './principal';

/** Lets in the holders of the keys in a store. */
export const createAuthenticator = (store: KeyStore, logger: Logger): Authenticator =>
  createKeyAuthenticator(createKeyTable(store, logger), createLastUses(store, logger));

import { createHmac } from 'node:crypto';
import { Fault, uuidv7 } from '@runledger/kernel';
import { type SecretKey, seal, unseal } from '@runledger/secrets';
import type { DataSource } from 'typeorm';

/** Secrets in custody, sealed. What is outside of this process sees neither them nor the key. */
export type Vault = Readonly<{
  /** Keeps a secret of a stream; answers where. @throws Fault unavailable WEBHOOKS_NO_KEY */
  keep(workspace: string, owner: string, text: string): Promise<string>;
  /** @throws Fault unavailable WEBHOOKS_NO_KEY or WEBHOOKS_OTHER_KEY, bug WEBHOOKS_NO_SECRET or SECRETS_SEAL_BROKEN */
  reveal(workspace: string, id: string): Promise<string>;
  forget(workspace: string, id: string): Promise<void>;
  /** All that this stream ever had. */
  forgetAll(workspace: string, owner: string): Promise<void>;
  /** Stands for a text where two are compared and neither may be told. @throws Fault unavailable WEBHOOKS_NO_KEY */
  mark(text: string): string;
}>;

const placeOf = (workspace: string, id: string): string => `${workspace}/${id}`;

/** Without a key nothing is kept or revealed, and all else works. */
export function createVault(source: DataSource, key: SecretKey | undefined): Vault {
  function held(): SecretKey {
    if (key !== undefined) return key;
    throw new Fault('unavailable', 'WEBHOOKS_NO_KEY', 'this server has no key for secrets (RUNLEDGER_SECRET_KEY)');
  }

  return {
    async keep(workspace, owner, text) {
      const own = held();
      const id = uuidv7();
      await source.query('insert into custody.secret (workspace, id, owner, key, sealed) values ($1, $2, $3, $4, $5)', [
        workspace,
        id,
        owner,
        own.id,
        seal(own, placeOf(workspace, id), text),
      ]);
      return id;
    },
    async reveal(workspace, id) {
      const own = held();
      const rows: Array<{ key: string; sealed: Buffer }> = await source.query(
        'select key, sealed from custody.secret where workspace = $1 and id = $2',
        [workspace, id],
      );
      const found = rows[0];
      if (found === undefined) throw new Fault('bug', 'WEBHOOKS_NO_SECRET', 'a secret is not where it was kept');
      if (found.key !== own.id)
        throw new Fault(
          'unavailable',
          'WEBHOOKS_OTHER_KEY',
          'this secret is sealed with another key than this server has',
        );
      return unseal(own, placeOf(workspace, id), found.sealed);
    },
    async forget(workspace, id) {
      await source.query('delete from custody.secret where workspace = $1 and id = $2', [workspace, id]);
    },
    async forgetAll(workspace, owner) {
      await source.query('delete from custody.secret where workspace = $1 and owner = $2', [workspace, owner]);
    },
    mark: (text) => createHmac('sha256', held().bytes).update(text).digest('hex'),
  };
}

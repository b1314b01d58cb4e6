import type { KeyStore } from '@runledger/access';
import { accountRules, type Commands } from '@runledger/commands';
import { OPERATOR_ACCOUNT } from '@runledger/domain';

/**
 * The operator's keys are made before there is anybody to record them: at the start of a server, or by an earlier release. They become
 * part of the record when a server starts, so that each key that ever let in is provable.
 */
export async function recordOperatorKeys(keys: KeyStore, commands: Commands): Promise<void> {
  for (const { id: key, workspace, label, permissions: scopes, expiresAt } of await keys.unrecorded()) {
    const now = new Date().toISOString();
    const about = { account: OPERATOR_ACCOUNT, now, key, label, scopes, projects: null, expiresAt };
    const command = { name: 'create-key', ...about } as const;
    await commands.run(
      accountRules,
      { workspace, actor: 'system' },
      { id: `record-key-${key}`, fields: null, command },
    );
  }
}

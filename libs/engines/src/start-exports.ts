import { setTimeout as sleep } from 'node:timers/promises';
import { type Commands, exportRules } from '@runledger/commands';
import type { Logger, Scope } from '@runledger/kernel';
import { markRecorded, unrecordedHandOuts } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

const POLL_MS = 1_000;

/** Makes what was handed out part of the record. However many processes do it, and however often, each is there once: by the command's id. */
async function recordExports(source: DataSource, commands: Commands): Promise<void> {
  for (const { workspace, id, actor, kind, scope, at } of await unrecordedHandOuts(source)) {
    const data = { export: id, kind, scope: JSON.stringify(scope), at: at.toISOString() };
    const command = { name: 'record-export', change: { type: 'access.exported', data } } as const;
    await commands.run(exportRules, { workspace, actor }, { id: `record-export-${id}`, fields: null, command });
    await markRecorded(source, workspace, id);
  }
}

/** Whoever hands something out says so in Postgres before the first byte leaves; from there it comes into the record within a second or so. */
export async function startExportRecord(
  { scope, logger }: Readonly<{ scope: Scope; logger: Logger }>,
  { source, commands }: Readonly<{ source: DataSource; commands: Commands }>,
): Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await recordExports(source, commands).catch((err: unknown) =>
        logger.warn({ err }, 'exports could not be recorded; they are tried again'),
      );
      await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  scope.own('the record of exports', async () => {
    stopping.abort();
    await running;
  });
}

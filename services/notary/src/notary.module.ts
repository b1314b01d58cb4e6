import type { DynamicModule } from '@nestjs/common';
import type { Artifacts } from '@runledger/artifacts';
import type { Log } from '@runledger/bus';
import type { ClickHouse } from '@runledger/clickhouse';
import { Fault, type Logger, type Scope } from '@runledger/kernel';
import { isKeyName, type NoteSigner, renameSigner } from '@runledger/merkle';
import { createOutbound } from '@runledger/outbound';
import type { PersonalData } from '@runledger/personal';
import { createRunClaims } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { ARCHIVE_ROOM, ArchiveController, type ArchiveRoom } from './archive.controller';
import { createArchiveKeeper } from './archive-keeper';
import type { ArchivePorts } from './archive-ports';
import type { ArchiveAges } from './archivist';
import { CheckController, LEDGER_CHECK, type LedgerCheck } from './check.controller';
import { createLeavesCheck } from './check-leaves';
import { CheckpointSender } from './checkpoint-sender';
import { openSink, type SinkLock } from './checkpoint-sink';
import { EVIDENCE_ROOM, EvidenceController } from './evidence.controller';
import { createEvidenceRoom } from './evidence-room';
import { LedgerController } from './ledger.controller';
import { LedgerWatch } from './ledger-watch';
import { LIES, type Lies } from './lies';
import { LogController } from './log.controller';
import { NOTARY_ROOM, openNotaryRoom } from './notary-room';
import { createPointProver } from './point-proofs';
import { POINT_PROVER, ProofsController } from './proofs.controller';
import { Publisher } from './publisher';
import { createSequencer, type SequencerDeps } from './sequencer';
import { parseWitness, witnessSink } from './witness';

export type NotaryPorts = Readonly<{
  log: Pick<Log, 'consume' | 'read'>;
  artifacts: Pick<Artifacts, 'open'>;
  source: DataSource;
  logger: Logger;
  /** Names this process in the leases, for people who look. */
  holder: string;
  /** What the logs are known by: `<host>/log/<workspace>`. It cannot be changed once a checkpoint is signed. */
  host: string;
  key: NoteSigner;
  /** Signs besides the key, while keys change. */
  nextKey?: NoteSigner | null;
  /** Folders, URLs and buckets that get every newest checkpoint. */
  sinks?: readonly string[];
  sinkLock?: SinkLock;
  /** Verifier keys of witnesses and where they are, `<key> <URL>`, that sign every newest checkpoint too. */
  witnesses?: readonly string[];
  /** A sink or witness that is away is asked again after so long. */
  awayMs?: number;
  /** Hours between two checks of the ledger in the background; 0: none. */
  checkHours?: number;
  /** Where what is old in the log goes; null: nowhere. */
  archive?: ArchivePorts | null;
  ages?: ArchiveAges;
}> &
  Pick<SequencerDeps, 'segmentMs'>;

/** Each log has a key of its own name. */
const signerOf =
  (host: string, key: NoteSigner) =>
  (workspace: string): NoteSigner =>
    renameSigner(key, `${host}/log/${workspace}`);

/** What the notary's routes are answered from. */
export type NotaryDoorPorts = Readonly<{
  source: DataSource;
  log: Pick<Log, 'read'>;
  artifacts: Pick<Artifacts, 'open'>;
  /** What the logs are known by, and signs them, as in NotaryPorts. */
  host: string;
  key: NoteSigner;
  /** Null where there is none: then points are not proved. */
  clickhouse: ClickHouse | null;
  /** Opens what is sealed of people, for dossiers. */
  personal?: PersonalData | null;
  logger?: Logger;
  archive?: ArchivePorts | null;
  ages?: ArchiveAges;
}>;

/** As the settings are by themselves. */
const NEVER_DROPPED: ArchiveAges = { archiveMs: 86_400_000, dropMs: null };

/** What the notary serves. */
export class NotaryModule {
  static register(ports: NotaryDoorPorts): DynamicModule {
    const room = openNotaryRoom(ports.source);
    return {
      module: NotaryModule,
      controllers: [
        ArchiveController,
        CheckController,
        LedgerController,
        LogController,
        ProofsController,
        EvidenceController,
      ],
      providers: [
        { provide: NOTARY_ROOM, useValue: room },
        {
          provide: EVIDENCE_ROOM,
          useValue: createEvidenceRoom({ ...ports, room, signerOf: signerOf(ports.host, ports.key) }),
        },
        {
          provide: LEDGER_CHECK,
          useValue: { check: createLeavesCheck({ ...ports, room }), source: ports.source } satisfies LedgerCheck,
        },
        {
          provide: ARCHIVE_ROOM,
          useValue: { ages: NEVER_DROPPED, ...ports, archive: ports.archive ?? null } satisfies ArchiveRoom,
        },
        { provide: LIES, useValue: createRunClaims(ports.source) satisfies Lies },
        { provide: POINT_PROVER, useValue: createPointProver({ ...ports, room }) },
      ],
    };
  }
}

/** Opens what brings checkpoints out of the operator's reach. What he set, he may also have in his own network. */
async function openSenders(scope: Scope, ports: NotaryPorts): Promise<void> {
  const { source, logger, sinks = [], witnesses = [], sinkLock, awayMs } = ports;
  if (sinks.length + witnesses.length === 0) return;
  const outbound = createOutbound({ trust: 'operator' });
  scope.own('calls to sinks and witnesses', () => outbound.close());
  const opened = [
    ...(await Promise.all(sinks.map((place) => openSink(place, outbound, sinkLock)))),
    ...witnesses.map((witness) => witnessSink(parseWitness(witness), { source, outbound })),
  ];
  for (const sink of opened)
    await scope.start(`the sender of checkpoints to ${sink.name}`, async () => {
      const sender = new CheckpointSender({ source, logger, sink, awayMs });
      sender.start();
      return { value: sender, stop: () => sender.stop() };
    });
}

/** Opens what looks by itself whether what was signed is what is kept. */
async function openWatch(scope: Scope, { source, log, artifacts, logger, checkHours = 0 }: NotaryPorts): Promise<void> {
  const room = openNotaryRoom(source);
  const check = createLeavesCheck({ source, log, room, artifacts });
  await scope.start('the check of the ledger', async () => {
    const watch = new LedgerWatch({ source, logger, reads: room.reads, check, hours: checkHours });
    watch.start();
    return { value: watch, stop: () => watch.stop() };
  });
}

/** Opens what brings the old part of the log to its archive. */
async function openArchiving(scope: Scope, ports: NotaryPorts): Promise<void> {
  const { source, logger, archive, ages = NEVER_DROPPED } = ports;
  if (!archive) return;
  await scope.start('the archive of the log', async () => {
    const value = createArchiveKeeper({ source, logger, archive, ages });
    value.start();
    return { value, stop: () => value.stop() };
  });
}

/** Opens what the notary does: it sequences what the log has, publishes what is sequenced, and looks whether it stays so. */
export async function openNotary(scope: Scope, ports: NotaryPorts): Promise<void> {
  const { log, source, logger, holder, host, key, segmentMs } = ports;
  if (!isKeyName(host))
    throw new Fault('invalid', 'NOTARY_BAD_HOST', 'the host of the logs is a name without spaces and plus');
  const publisher = new Publisher({
    source,
    logger,
    holder,
    signerOf: signerOf(host, key),
    nextSignerOf: ports.nextKey ? signerOf(host, ports.nextKey) : null,
  });
  await scope.start('the publisher of the ledger', async () => {
    publisher.start();
    return { value: publisher, stop: () => publisher.stop() };
  });
  await openSenders(scope, ports);
  await openWatch(scope, ports);
  await openArchiving(scope, ports);
  await scope.start('the sequencer of the ledger', async () => {
    const sequencer = createSequencer({ source, logger, holder, ...(segmentMs === undefined ? {} : { segmentMs }) });
    const consumption = await log.consume(sequencer);
    const stop = (): Promise<void> => {
      sequencer.hurry();
      return consumption.stop();
    };
    return { value: consumption, stop };
  });
}

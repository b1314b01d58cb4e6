import { Alert, Anchor, Table, Text } from '@mantine/core';
import type { ReceiptsAnswer, RunAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { receiptsRead } from '../api/reads';
import { formatBytes, formatCount, formatDuration } from '../elements/format';
import { Pending } from '../elements/notice';
import { When } from '../elements/when';
import { datasetNode, lineagePath } from '../lineage/lineage-node';
import { RunNote } from '../notes/run-note';
import { RunDeleted } from './run-deleted';
import { RunExpired } from './run-expired';
import { Card, Facts } from './run-facts';
import classes from './run-facts.module.css';
import { RunTags } from './run-tags';

function durationOf({ startedAt, finishedAt }: RunAnswer): string | null {
  if (startedAt === null) return null;
  return formatDuration((finishedAt === null ? Date.now() : Date.parse(finishedAt)) - Date.parse(startedAt));
}

/** A page of the commit where the repository has one; nothing but http links is ever made of what was logged. */
function commitLink(repository: string | null, commit: string): string | null {
  const web = repository?.replace(/^git@([^:/]+):/, 'https://$1/').replace(/\.git$/, '') ?? '';
  return /^https?:\/\/[^\s]+$/.test(web) ? `${web}/commit/${encodeURIComponent(commit)}` : null;
}

function Commit({ code: { repository, commit } }: { code: NonNullable<RunAnswer['code']> }) {
  if (commit === null) return null;
  const link = commitLink(repository, commit);
  if (link === null) return <>{commit}</>;
  return (
    <Anchor href={link} rel="noreferrer noopener" target="_blank" size="sm">
      {commit}
    </Anchor>
  );
}

const Code = ({ code }: { code: RunAnswer['code'] }) => (
  <Card title="Code">
    <Facts
      facts={
        code === null
          ? []
          : [
              ['Commit', <Commit key="commit" code={code} />],
              ['Branch', code.branch],
              ['Repository', code.repository],
              ['Entry point', code.entrypoint],
              ['Changed', code.dirty === null ? null : code.dirty ? 'yes, beyond the commit' : 'no'],
            ]
      }
    />
  </Card>
);

const Environment = ({ environment }: { environment: RunAnswer['environment'] }) => (
  <Card title="Environment">
    <Facts
      facts={
        environment === null
          ? []
          : [
              ['Host', environment.host],
              ['System', environment.os],
              ['Runtime', environment.runtime],
              ['Command', environment.command],
              ['CPUs', environment.cpus],
              ['Memory', environment.memoryBytes === null ? null : formatBytes(environment.memoryBytes)],
              ['Accelerators', environment.accelerators.join(', ')],
              ['Packages', environment.packages.map(({ name, version }) => `${name} ${version}`).join(', ')],
            ]
      }
    />
  </Card>
);

function Datasets({ inputs }: { inputs: RunAnswer['inputs'] }) {
  return (
    <Card title="Datasets">
      <Facts
        facts={inputs.map(({ name, digest, context }) => [
          name,
          <>
            <Anchor component={Link} to={lineagePath(datasetNode({ name, digest }))} size="xs">
              Lineage
            </Anchor>{' '}
            <Text span size="xs" ff="monospace">
              {digest}
            </Text>{' '}
            {context}
          </>,
        ])}
      />
    </Card>
  );
}

function ReceiptTable({ receipts }: Pick<ReceiptsAnswer, 'receipts'>) {
  return (
    <Table verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          {['Writer', 'Of', 'Sent', 'Stored', 'Missing'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {receipts.map(({ topic, writer, sent, stored, missing }) => (
          <Table.Tr key={`${topic} ${writer}`}>
            <Table.Td className={classes.key}>{writer === '' ? '(no writer)' : writer}</Table.Td>
            <Table.Td>{topic}</Table.Td>
            <Table.Td>{sent === null ? 'not closed' : formatCount(sent)}</Table.Td>
            <Table.Td>{formatCount(stored)}</Table.Td>
            <Table.Td fw={missing > 0 ? 700 : 400}>{missing > 0 ? `${formatCount(missing)} missing` : 'none'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Receipts({ run }: { run: string }) {
  const read = useQuery(receiptsRead(run));
  return (
    <Card title="Receipts, in batches">
      <Pending read={read} rows={2} />
      {read.data !== undefined && <ReceiptTable receipts={read.data.receipts} />}
    </Card>
  );
}

export function RunOverview({ run }: { run: RunAnswer }) {
  const parent = run.parent ?? run.fork?.run;
  return (
    <div className={classes.grid}>
      {run.conflicts.length > 0 && (
        <Alert color="orange" variant="outline" title="Logged twice, differently" role="status">
          {run.conflicts.map(({ kind, name }) => `${kind} ${name}`).join(', ')}: the first stands, the others are kept.
        </Alert>
      )}
      <RunDeleted deleted={run.deleted} />
      <RunExpired expired={run.expired} />
      <Card title="Run">
        <Facts
          facts={[
            ['Started', run.startedAt === null ? null : <When key="started" at={run.startedAt} />],
            ['Duration', durationOf(run)],
            ['Message', run.message],
            ['Description', run.description],
            ['Project', run.project],
            ['Id', run.run],
            [
              run.fork === null ? 'Parent' : `Forked at step ${run.fork.step}`,
              parent === undefined || parent === null ? null : (
                <Anchor key="parent" component={Link} to={`/runs/${encodeURIComponent(parent)}`} size="sm">
                  {parent}
                </Anchor>
              ),
            ],
          ]}
        />
      </Card>
      <Card title="Note">
        <RunNote run={run.run} />
      </Card>
      <Card title="Tags">
        <RunTags run={run.run} tags={run.tags} />
      </Card>
      <Receipts run={run.run} />
      <Code code={run.code} />
      <Environment environment={run.environment} />
      <Datasets inputs={run.inputs} />
    </div>
  );
}

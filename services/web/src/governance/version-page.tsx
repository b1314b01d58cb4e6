import { Anchor, Button, Code, Stack, Table, Text } from '@mantine/core';
import type { VersionGovernanceAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { versionGovernanceRead } from '../api/governance';
import { formatCount } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import { Card, Facts } from '../run/run-facts';
import { ApproveDialog, WithdrawDialog } from './approval-dialogs';
import { OutcomeMark } from './outcome-mark';
import marks from './outcome-mark.module.css';
import { ResultsTable } from './results-table';

type Governance = VersionGovernanceAnswer;
type Approval = Governance['approvals'][number];

function Evidence({ of: { evidence, authors } }: { of: Governance }) {
  const { run, version, digest } = evidence;
  return (
    <Card title="Evidence">
      <Facts
        facts={[
          ['Digest', <Code key="digest">{digest}</Code>],
          [
            'Run',
            run === null ? (
              'none was named'
            ) : (
              <Anchor key="run" component={Link} to={`/runs/${encodeURIComponent(run.run)}`} size="sm">
                {run.run}
              </Anchor>
            ),
          ],
          ['Recorded of it', run && `${formatCount(run.facts.count)} facts, ${formatCount(run.metrics.count)} metrics`],
          ['Changes of the version', String(version.changes)],
          ['Authors', authors.join(', ')],
        ]}
      />
    </Card>
  );
}

function Gates({ gates }: { gates: Governance['gates'] }) {
  if (gates.length === 0)
    return (
      <Sheet
        title="Gates"
        columns={[]}
        note={
          <Text size="sm" c="dimmed">
            No gate is in its way: whoever may write may promote it.
          </Text>
        }
      />
    );
  return (
    <Sheet title="Gates" columns={['To', 'Of', 'Now', 'Missing']}>
      {gates.map(({ of, target, holds, passes, missing }) => (
        <Table.Tr key={`${of.kind}/${target.kind}/${target.name}`}>
          <Table.Td>
            {target.kind} {target.name}
          </Table.Td>
          <Table.Td>{of.kind === 'model' ? 'the model' : `project ${of.id}`}</Table.Td>
          <Table.Td>
            <OutcomeMark is={passes ? 'good' : 'bad'}>{passes ? 'open' : 'closed'}</OutcomeMark>
            {holds && (
              <Text size="sm" c="dimmed">
                {passes ? 'the version is there' : 'the version is there, and would not pass now'}
              </Text>
            )}
          </Table.Td>
          <Table.Td>
            <ul className={marks.missing}>
              {missing.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </Table.Td>
        </Table.Tr>
      ))}
    </Sheet>
  );
}

function Standing({ of: { counts, withdrawn, touched } }: { of: Approval }) {
  if (withdrawn !== null)
    return (
      <>
        <OutcomeMark is="bad">withdrawn</OutcomeMark>
        <Text size="sm">
          <When at={withdrawn.at} /> by {withdrawn.actor}: {withdrawn.reason}
        </Text>
      </>
    );
  if (counts) return <OutcomeMark is="good">counts</OutcomeMark>;
  return (
    <>
      <OutcomeMark is="bad">{touched.length > 0 ? 'stale' : 'by an author'}</OutcomeMark>
      {touched.map((one) => (
        <Text key={one} size="sm">
          {one}
        </Text>
      ))}
    </>
  );
}

function Approvals({ of }: { of: Governance }) {
  const [withdraws, setWithdraws] = useState<string | null>(null);
  return (
    <>
      {of.approvals.length === 0 ? (
        <Sheet
          title="Approvals"
          columns={[]}
          note={
            <Text size="sm" c="dimmed">
              Nobody has approved this version.
            </Text>
          }
        />
      ) : (
        <Sheet title="Approvals" columns={['What it means', 'By', 'When', 'Evidence', 'Stands', 'Change']}>
          {of.approvals.map((approval) => (
            <Table.Tr key={approval.approval}>
              <Table.Td>{approval.meaning}</Table.Td>
              <Table.Td>
                {approval.printedName}
                <Text size="xs" c="dimmed">
                  {approval.person}
                </Text>
              </Table.Td>
              <Table.Td>{approval.approvedAt !== null && <When at={approval.approvedAt} />}</Table.Td>
              <Table.Td>
                <Code title={approval.evidence.digest}>{approval.evidence.digest.slice(0, 12)}…</Code>
              </Table.Td>
              <Table.Td>
                <Standing of={approval} />
              </Table.Td>
              <Table.Td>
                {approval.withdrawn === null && (
                  <Button size="compact-xs" variant="subtle" onClick={() => setWithdraws(approval.approval)}>
                    Withdraw
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Sheet>
      )}
      {withdraws !== null && (
        <WithdrawDialog model={of.model} approval={withdraws} onClose={() => setWithdraws(null)} />
      )}
    </>
  );
}

/** One version of a model: what is known of it, who has approved that, and what it lacks at gates. */
export function VersionPage({ model, version }: { model: string; version: number }) {
  const read = useQuery(versionGovernanceRead(model, version));
  const [approves, setApproves] = useState(false);
  const { data } = read;
  const above = [
    { label: 'Models', to: '/models' },
    { label: model, to: `/models/${encodeURIComponent(model)}` },
  ];
  return (
    <>
      <PageHead title={`${model}, version ${version}`} above={above}>
        {data !== undefined && (
          <Button size="xs" onClick={() => setApproves(true)}>
            Approve …
          </Button>
        )}
      </PageHead>
      <Scroll>
        <Pending read={read} />
        {data !== undefined && (
          <Stack gap="md">
            <Evidence of={data} />
            <div>
              <Gates gates={data.gates} />
              <Approvals of={data} />
              {data.evidence.results.length === 0 ? (
                <Empty title="No objectives for its run" />
              ) : (
                <ResultsTable title="Objectives" results={data.evidence.results} />
              )}
            </div>
          </Stack>
        )}
      </Scroll>
      {approves && data !== undefined && <ApproveDialog of={data} onClose={() => setApproves(false)} />}
    </>
  );
}

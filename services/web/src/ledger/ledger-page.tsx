import { Badge, Code, Paper, Table, Title } from '@mantine/core';
import type { LedgerAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useWhole } from '../api/me';
import { formatCount } from '../elements/format';
import { Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import { Decisions } from '../operations/decisions';
import { Facts } from '../run/run-facts';
import { Sinks, Witnesses } from './destinations';
import { EvidenceForm } from './evidence-form';
import classes from './ledger.module.css';
import { checkpointsRead, ledgerCheckRead, ledgerRead } from './ledger-reads';
import { type Chosen, Verify } from './verify';

function Head({ origin, verifierKeys, head }: LedgerAnswer) {
  const heading = useId();
  const keys = verifierKeys.map((key, at) => [at === 0 ? 'Verifier key' : 'Next key', key] as const);
  return (
    <section aria-labelledby={heading} className={classes.section}>
      <Title order={2} id={heading} mb="xs">
        Newest checkpoint
      </Title>
      <Paper withBorder p="md">
        <Facts
          facts={[
            ['Log', origin],
            ['Leaves', formatCount(head.size)],
            ['Signed', <When key="signed" at={head.signedAt} />],
            ['Checked', <Checked key="checked" />],
            ...keys.map(
              ([name, key]) =>
                [
                  name,
                  <span key={key} className={classes.code}>
                    {key}
                  </span>,
                ] as const,
            ),
          ]}
        />
        <Code block mt="sm" tabIndex={0} aria-label="The signed note">
          {head.note}
        </Code>
      </Paper>
    </section>
  );
}

/** What the check in the background found, where one has ended. */
function Checked() {
  const isWhole = useWhole('runs:read');
  const last = useQuery({ ...ledgerCheckRead(), enabled: isWhole }).data?.last;
  if (!isWhole) return 'told to those who read the whole workspace';
  if (last === undefined || last === null) return 'not yet: runledger check does it at once';
  const { finishedAt, records, differences } = last;
  return (
    <>
      <When at={finishedAt} />, {formatCount(records)} leaves:{' '}
      {differences === 0 ? (
        'no difference'
      ) : (
        <Badge color="red" tt="none">
          {formatCount(differences)} {differences === 1 ? 'difference' : 'differences'}
        </Badge>
      )}
    </>
  );
}

/** Names below a note, of whoever signed it. */
const signersOf = (note: string): string[] => [...note.matchAll(/^— (\S+) /gm)].map(([, name = '']) => name);

function Checkpoints() {
  const read = useQuery(checkpointsRead());
  return (
    <>
      <Sheet title="Checkpoints" columns={['Leaves', 'Signed', 'By', 'Root']}>
        {read.data?.checkpoints.map(({ size, signedAt, root, note }) => (
          <Table.Tr key={size}>
            <Table.Td>{formatCount(size)}</Table.Td>
            <Table.Td>
              <When at={signedAt} />
            </Table.Td>
            <Table.Td>{signersOf(note).join(', ')}</Table.Td>
            <Table.Td className={classes.code}>{root}</Table.Td>
          </Table.Tr>
        ))}
      </Sheet>
      <Pending read={read} rows={3} />
    </>
  );
}

/** What proves that the record was not changed after it was accepted, and how to check that here. */
export function LedgerPage({ event }: { event: string | null }) {
  const read = useQuery(ledgerRead());
  const [chosen, choose] = useState<Chosen | null>(event === null ? null : { event });
  const { data } = read;
  const beside = data && (
    <Badge variant="default" tt="none" size="lg">
      {formatCount(data.head.size)} {data.head.size === 1 ? 'leaf' : 'leaves'}
    </Badge>
  );
  return (
    <>
      <PageHead title="Ledger" beside={beside} />
      <Scroll>
        <Pending read={read} />
        {data !== undefined && (
          <>
            <Head {...data} />
            <Verify ledger={data} chosen={chosen} />
            <Witnesses witnesses={data.witnesses} />
            <Sinks sinks={data.sinks} />
            <EvidenceForm verifierKey={data.verifierKeys[0] ?? ''} />
            <Checkpoints />
            <Decisions onVerify={(event) => choose({ event })} />
          </>
        )}
      </Scroll>
    </>
  );
}

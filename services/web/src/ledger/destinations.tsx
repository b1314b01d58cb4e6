import { Table, Text } from '@mantine/core';
import type { LedgerAnswer } from '@runledger/contracts/http';
import { formatCount } from '../elements/format';
import { Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import classes from './ledger.module.css';

type Destination = Pick<LedgerAnswer['sinks'][number], 'size' | 'deliveredAt' | 'fault' | 'failingSince'>;

const KINDS = { folder: 'Folder', url: 'URL', bucket: 'Bucket with Object Lock' } as const;

function State({ fault, failingSince }: Destination) {
  if (fault === null || failingSince === null) return 'Up to date or about to be';
  return (
    <>
      {fault}, since <When at={failingSince} />
    </>
  );
}

const cellsOf = (one: Destination) => (
  <>
    <Table.Td>{one.size === 0 ? 'none yet' : formatCount(one.size)}</Table.Td>
    <Table.Td>{one.deliveredAt !== null && <When at={one.deliveredAt} />}</Table.Td>
    <Table.Td>
      <State {...one} />
    </Table.Td>
  </>
);

/** Who signs checkpoints besides the operator: two logs under one name would need him, too. */
export function Witnesses({ witnesses }: Pick<LedgerAnswer, 'witnesses'>) {
  const none = witnesses.length === 0 && (
    <Text size="sm" c="dimmed" mb="xs">
      Nobody but the operator signs this log. The setting RUNLEDGER_NOTARY_WITNESSES names who should.
    </Text>
  );
  return (
    <Sheet title="Witnesses" columns={['Name', 'Verifier key', 'Leaves signed', 'When', 'State']} note={none}>
      {witnesses.map((one) => (
        <Table.Tr key={one.verifierKey}>
          <Table.Td>{one.name}</Table.Td>
          <Table.Td className={classes.code}>{one.verifierKey}</Table.Td>
          {cellsOf(one)}
        </Table.Tr>
      ))}
    </Sheet>
  );
}

/** Where checkpoints lie that the operator cannot take back. */
export function Sinks({ sinks }: Pick<LedgerAnswer, 'sinks'>) {
  const none = sinks.length === 0 && (
    <Text size="sm" c="dimmed" mb="xs">
      Checkpoints stay with the operator. The setting RUNLEDGER_NOTARY_SINKS says where they should go.
    </Text>
  );
  return (
    <Sheet title="Out of the operator's reach" columns={['Kind', 'Where', 'Leaves', 'When', 'State']} note={none}>
      {sinks.map((one) => (
        <Table.Tr key={`${one.kind} ${one.place} ${one.deliveredAt}`}>
          <Table.Td>{KINDS[one.kind]}</Table.Td>
          <Table.Td>{one.place}</Table.Td>
          {cellsOf(one)}
        </Table.Tr>
      ))}
    </Sheet>
  );
}

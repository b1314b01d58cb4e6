import { Anchor, Table } from '@mantine/core';
import type { LineageAnswer } from '@runledger/contracts/http';
import { Link } from '@tanstack/react-router';
import { Sheet } from '../elements/sheet';
import { type Shown, wordsOf } from './lineage-node';

const Thing = ({ thing }: { thing: Shown | undefined }) =>
  thing === undefined ? null : (
    <>
      {thing.kindName}{' '}
      <Anchor component={Link} to={thing.to} size="sm" title={thing.title}>
        {thing.name}
      </Anchor>
    </>
  );

/** The graph's arrows as sentences. */
export function LineageTable({ of, shown }: { of: LineageAnswer; shown: ReadonlyMap<string, Shown> }) {
  return (
    <Sheet title="What came of what" columns={['This', 'what happened', 'that']}>
      {of.edges.map((edge) => (
        <Table.Tr key={`${edge.kind} ${edge.from} ${edge.to} ${edge.detail}`}>
          <Table.Td>
            <Thing thing={shown.get(edge.from)} />
          </Table.Td>
          <Table.Td>{wordsOf(edge)}</Table.Td>
          <Table.Td>
            <Thing thing={shown.get(edge.to)} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Sheet>
  );
}

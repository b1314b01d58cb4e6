import { Anchor, Group, NativeSelect, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Sheet } from '../elements/sheet';
import { type Version, versionDifferences } from './version-differences';

type ChoiceParts = Readonly<{
  label: string;
  versions: readonly Version[];
  value: Version;
  onChoose: (one: Version) => void;
}>;

function Choice({ label, versions, value, onChoose }: ChoiceParts) {
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={String(value.version)}
      onChange={(event) => {
        const chosen = versions.find(({ version }) => String(version) === event.currentTarget.value);
        if (chosen !== undefined) onChoose(chosen);
      }}
      data={versions.map(({ version }) => String(version))}
    />
  );
}

/** In what two versions differ: at first the newest and the one before it. */
export function VersionComparison({ versions }: { versions: readonly Version[] }) {
  const [chosen, choose] = useState<Readonly<{ before?: number; after?: number }>>({});
  const of = (number: number | undefined): Version | undefined => versions.find(({ version }) => version === number);
  const newestFirst = [...versions].sort((a, b) => b.version - a.version);
  const after = of(chosen.after) ?? newestFirst[0];
  const before = of(chosen.before) ?? newestFirst[1];
  if (before === undefined || after === undefined) return null;
  const differences = versionDifferences(before, after);
  const runs = [before.run, after.run].filter((run) => run !== null);
  const note = (
    <Group gap="sm" mb="sm" align="end">
      <Choice
        label="From version"
        versions={newestFirst}
        value={before}
        onChoose={({ version }) => choose({ ...chosen, before: version })}
      />
      <Choice
        label="To version"
        versions={newestFirst}
        value={after}
        onChoose={({ version }) => choose({ ...chosen, after: version })}
      />
      {runs.length === 2 && runs[0] !== runs[1] && (
        <Anchor href={`/compare?runs=${encodeURIComponent(JSON.stringify(runs))}`} size="sm">
          Compare their runs
        </Anchor>
      )}
      {differences.length === 0 && <Text size="sm">They do not differ.</Text>}
    </Group>
  );
  return (
    <Sheet title="Differences" columns={['What', `Version ${before.version}`, `Version ${after.version}`]} note={note}>
      {differences.map(({ name, before: old, after: now }) => (
        <Table.Tr key={name}>
          <Table.Td>{name}</Table.Td>
          <Table.Td>{old}</Table.Td>
          <Table.Td>{now}</Table.Td>
        </Table.Tr>
      ))}
    </Sheet>
  );
}

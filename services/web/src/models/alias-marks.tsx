import { Badge, Group } from '@mantine/core';

type Alias = Readonly<{ alias: string; version?: number }>;

/** Aliases as they were written; with the version that they point to, where that is not plain. */
export const AliasMarks = ({ aliases }: { aliases: readonly Alias[] }) => (
  <Group gap={4}>
    {aliases.map(({ alias, version }) => (
      <Badge key={alias} variant="default" tt="none" radius="sm" maw={280}>
        {version === undefined ? alias : `${alias} → ${version}`}
      </Badge>
    ))}
  </Group>
);

import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { Comments } from './comments';

/** What people say of one version of a model, at first of the newest. */
export function VersionComments({ model, versions }: { model: string; versions: number }) {
  const [chosen, choose] = useState<number | null>(null);
  const version = chosen ?? versions;
  if (version < 1) return null;
  const numbers = Array.from({ length: versions }, (_, at) => String(versions - at));
  return (
    <Comments
      key={version}
      about={{ kind: 'version', id: model, version }}
      choice={
        <NativeSelect
          size="xs"
          mb={6}
          maw={160}
          label="On version"
          value={String(version)}
          onChange={(event) => choose(Number(event.currentTarget.value))}
          data={numbers}
        />
      }
    />
  );
}

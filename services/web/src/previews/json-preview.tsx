import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { Pending } from '../elements/notice';
import { type Chosen, readText } from './artifact-bytes';
import { Capped } from './capped';
import { JsonTree } from './json-tree';
import { TextPreview } from './text-preview';
import { useArtifact } from './use-artifact';

const MOST_BYTES = 5_000_000;
type Parsed = Readonly<{ value: Parameters<typeof JsonTree>[0]['value'] } | { fault: string }>;

async function parsed(chosen: Chosen, signal: AbortSignal): Promise<Parsed> {
  const { text } = await readText(chosen, MOST_BYTES, signal);
  try {
    return { value: JSON.parse(text) as Parameters<typeof JsonTree>[0]['value'] };
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : String(fault) };
  }
}

function Tree(chosen: Chosen) {
  const read = useArtifact(chosen, 'json', (signal) => parsed(chosen, signal));
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  if ('value' in read.data) return <JsonTree value={read.data.value} label={`Members of ${chosen.artifact.path}`} />;
  return (
    <>
      <Capped>{`This is not JSON: ${read.data.fault}`}</Capped>
      <TextPreview {...chosen} />
    </>
  );
}

/** As a tree, or as it was written: a long number reads exactly in its text alone. */
export function JsonPreview(chosen: Chosen) {
  const [shown, show] = useState<'tree' | 'text'>('tree');
  if (chosen.artifact.size > MOST_BYTES) return <TextPreview {...chosen} />;
  return (
    <>
      <SegmentedControl size="xs" mb="xs" aria-label="Show as" value={shown} onChange={show} data={['tree', 'text']} />
      {shown === 'tree' ? <Tree {...chosen} /> : <TextPreview {...chosen} />}
    </>
  );
}

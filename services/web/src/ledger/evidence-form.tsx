import { Button, Code, Group, NativeSelect, Paper, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useWhole } from '../api/me';
import { saveFile } from '../charts/save-file';
import { Failure } from '../elements/notice';
import classes from './ledger.module.css';
import { type EvidenceAsked, readEvidence } from './ledger-reads';

/** `ofAll`: it brings together what is of several projects. */
const SCOPES = [
  { value: 'run', label: 'A run' },
  { value: 'model', label: 'A model and the runs it comes from', ofAll: true },
  { value: 'project', label: 'A project' },
  { value: 'time', label: 'All between two times', ofAll: true },
] as const;
type Scope = (typeof SCOPES)[number]['value'];

const LABELS = { run: 'Run', model: 'Model', project: 'Project', time: 'From' } as const;

/** A time as the field has it, which is this browser's, as RFC 3339. */
const utc = (local: string): string => (local === '' ? '' : new Date(local).toISOString());

/** How somebody checks it who has the file and the key. */
function HowToCheck({ scope, verifierKey }: { scope: Scope; verifierKey: string }) {
  return (
    <>
      <Text size="sm" mt="sm" mb={4}>
        Whoever gets it checks it without this server, and without our code where he likes:
      </Text>
      <Code block tabIndex={0} aria-label="How to check it">
        {`runledger verify evidence-${scope}.tar --key '${verifierKey}'`}
      </Code>
    </>
  );
}

/** Evidence as a file, to be handed to somebody who need not believe this server. */
export function EvidenceForm({ verifierKey }: { verifierKey: string }) {
  const heading = useId();
  const isWhole = useWhole('runs:read');
  const [scope, setScope] = useState<Scope>('run');
  const [of, setOf] = useState('');
  const [to, setTo] = useState('');
  const asked: EvidenceAsked = scope === 'time' ? { from: utc(of), to: utc(to) } : { [scope]: of.trim() };
  const making = useMutation({
    mutationFn: async () => saveFile(await readEvidence(asked), `evidence-${scope}`, 'tar'),
  });
  const type = scope === 'time' ? 'datetime-local' : 'text';
  return (
    <section aria-labelledby={heading} className={classes.section}>
      <Title order={2} id={heading} mb="xs">
        Evidence
      </Title>
      <Paper withBorder p="md">
        <Group align="end">
          <NativeSelect
            label="Of what"
            size="xs"
            data={SCOPES.filter((one) => isWhole || !('ofAll' in one)).map(({ value, label }) => ({ value, label }))}
            value={scope}
            onChange={({ currentTarget }) => {
              setScope(currentTarget.value as Scope);
              setOf('');
            }}
          />
          <TextInput
            label={LABELS[scope]}
            type={type}
            size="xs"
            w={260}
            value={of}
            onChange={({ currentTarget }) => setOf(currentTarget.value)}
          />
          {scope === 'time' && (
            <TextInput
              label="To"
              type={type}
              size="xs"
              value={to}
              onChange={({ currentTarget }) => setTo(currentTarget.value)}
            />
          )}
          <Button
            size="xs"
            loading={making.isPending}
            disabled={Object.values(asked).includes('')}
            onClick={() => making.mutate()}
          >
            Download
          </Button>
        </Group>
        <HowToCheck scope={scope} verifierKey={verifierKey} />
        {making.error !== null && <Failure error={making.error} />}
      </Paper>
    </section>
  );
}

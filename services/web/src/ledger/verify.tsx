import { Alert, Button, Group, Paper, Text, TextInput, Title } from '@mantine/core';
import type { LedgerAnswer } from '@runledger/contracts/http';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import classes from './ledger.module.css';
import { type Finding, verifyHere } from './verify-event';

/** An event; each choice is a new one, also of the same event. */
export type Chosen = Readonly<{ event: string }>;

function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className={classes.findings}>
      {findings.map(({ holds, what }) => (
        <li key={what}>
          <strong>{holds ? '✓ holds' : 'not yet'}</strong>
          <span>{what}</span>
        </li>
      ))}
    </ul>
  );
}

/** Recomputes here what proves an event, so that the server need not be believed. `chosen` is what somebody chose elsewhere on the page. */
export function Verify({ ledger, chosen }: { ledger: LedgerAnswer; chosen: Chosen | null }) {
  const section = useRef<HTMLElement>(null);
  const heading = useId();
  const [key, setKey] = useState<string | null>(null);
  const [event, setEvent] = useState('');
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const given = key ?? ledger.verifierKeys[0] ?? '';
  const checking = useMutation({
    mutationFn: async (asked: string) => {
      setFindings([]);
      for await (const one of verifyHere({ key: given, event: asked.trim(), ledger }))
        setFindings((before) => [...before, one]);
    },
  });
  const { mutate } = checking;
  useEffect(() => {
    if (chosen === null) return;
    setEvent(chosen.event);
    mutate(chosen.event);
    section.current?.scrollIntoView({ block: 'start' });
  }, [chosen, mutate]);
  return (
    <section ref={section} aria-labelledby={heading} className={classes.section}>
      <Title order={2} id={heading} mb="xs">
        Verify in this browser
      </Title>
      <Paper withBorder p="md">
        <Text size="sm" mb="sm">
          Hashes and signatures are computed here from the log's tiles. The key below came from this server: put the one
          there that you have from elsewhere.
        </Text>
        <TextInput
          label="Verifier key of the log"
          size="xs"
          value={given}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <Group align="end" mt="xs">
          <TextInput
            label="Event"
            placeholder="Its id; without one, the log as a whole"
            size="xs"
            w={360}
            value={event}
            onChange={({ currentTarget }) => setEvent(currentTarget.value)}
          />
          <Button size="xs" loading={checking.isPending} onClick={() => mutate(event)}>
            Verify
          </Button>
        </Group>
        <div role="status" aria-label="What was verified">
          <Findings findings={findings} />
          {checking.isSuccess && (
            <Text size="sm" fw={650} mt="xs">
              Everything that was checked holds.
            </Text>
          )}
        </div>
        {checking.error !== null && (
          <Alert role="alert" color="red" variant="outline" mt="sm">
            {checking.error.message}
          </Alert>
        )}
      </Paper>
    </section>
  );
}

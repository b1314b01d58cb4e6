import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { Me, SessionCode } from '@runledger/contracts/http';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/api';
import { PageHead } from '../elements/page-head';
import type { TerminalQuestion } from './terminal-question';

/** Lets a command line on this machine sign in as whoever is signed in here. */
export function TerminalPage({ question }: { question: TerminalQuestion | null }) {
  const [isRefused, setRefused] = useState(false);
  const { data: me } = useQuery({ queryKey: ['me'], queryFn: ({ signal }) => call<Me>('me', { signal }) });
  const allow = useMutation({
    mutationFn: async ({ port, challenge, state }: TerminalQuestion) => {
      const { code } = await call<SessionCode>('session-codes', { method: 'POST', body: { challenge } });
      location.replace(`http://127.0.0.1:${port}/?${new URLSearchParams({ code, state }).toString()}`);
    },
  });
  return (
    <>
      <PageHead title="Sign a command line in" />
      <Stack p="md" maw="36rem">
        {question === null ? (
          <Alert color="red">This link is not one that `runledger login` printed.</Alert>
        ) : isRefused ? (
          <Text>The command line was not let in. This page can be closed.</Text>
        ) : (
          <>
            <Text>
              The command line that waits on this machine wants to act as{' '}
              <strong>{me?.name ?? me?.email ?? me?.actor ?? '…'}</strong>. Did you start <code>runledger login</code>{' '}
              just now?
            </Text>
            {allow.error !== null && <Alert color="red">{allow.error.message}</Alert>}
            <Group>
              <Button loading={allow.isPending || allow.isSuccess} onClick={() => allow.mutate(question)}>
                Let it in
              </Button>
              <Button variant="default" onClick={() => setRefused(true)}>
                No
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </>
  );
}

import { Alert, Button, Code, Divider, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import type { Issuers } from '@runledger/contracts/http';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { signIn } from '../api/session';
import { Mark } from '../elements/mark';
import { LocalSignIn } from './local-sign-in';
import classes from './sign-in.module.css';

const REASONS: Readonly<Record<string, string>> = {
  PEOPLE_NOT_BEGUN: 'This browser had not begun to sign in, or too long ago. Try again.',
  PEOPLE_ISSUER_AWAY: 'The provider does not answer at the moment. Try again.',
  PEOPLE_TOO_MANY_GROUPS: 'The provider says that you are in more groups than this server takes.',
};

async function askIssuers(): Promise<Issuers> {
  const answer = await fetch('/auth/issuers', { credentials: 'omit' });
  return answer.ok ? ((await answer.json()) as Issuers) : { issuers: [], localAccounts: false };
}

/**
 * By a provider that the operator named: the server sends the browser there and takes it back to the page that it left. Or by a password, where
 * there is no provider.
 */
function Providers() {
  const { data } = useQuery({ queryKey: ['issuers'], queryFn: askIssuers, staleTime: Number.POSITIVE_INFINITY });
  const issuers = data?.issuers ?? [];
  if (data?.localAccounts) return <LocalSignIn />;
  if (issuers.length === 0) return null;
  const to = encodeURIComponent(location.pathname + location.search);
  return (
    <>
      {issuers.map(({ id, title }) => (
        <Button key={id} component="a" href={`/auth/login/${id}?to=${to}`}>
          Sign in with {title}
        </Button>
      ))}
      <Divider label="or by a key" />
    </>
  );
}

export function SignIn({ wasRefused, reason }: { wasRefused: boolean; reason: string | null }) {
  const [key, setKey] = useState('');
  const queries = useQueryClient();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    queries.clear();
    signIn(key.trim());
  };
  return (
    <main className={classes.ground}>
      <Paper className={classes.card} withBorder p="xl" radius="lg">
        <Stack>
          <Group gap="sm">
            <Mark size={30} />
            <Title order={1}>Sign in to Runledger</Title>
          </Group>
          {reason !== null && (
            <Alert color="red">{REASONS[reason] ?? 'The provider did not vouch for this sign-in. Try again.'}</Alert>
          )}
          <Providers />
          <form onSubmit={submit}>
            <Stack>
              <PasswordInput
                label="API key"
                value={key}
                onChange={(event) => setKey(event.currentTarget.value)}
                autoComplete="current-password"
                required
                withAsterisk={false}
                data-autofocus
                autoFocus
                error={wasRefused && key === '' ? 'The server does not take the key that this tab had.' : undefined}
              />
              <Button type="submit">Sign in</Button>
            </Stack>
          </form>
          <Text size="sm" c="dimmed">
            On this machine, the key is in <Code>.runledger/admin.key</Code>, and <Code>npm start</Code> prints a link
            that signs in. The key is kept until this tab is closed.
          </Text>
        </Stack>
      </Paper>
    </main>
  );
}

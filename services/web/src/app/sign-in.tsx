import { Button, Code, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { signIn } from '../api/session';
import { Mark } from '../elements/mark';
import classes from './sign-in.module.css';

export function SignIn({ wasRefused }: { wasRefused: boolean }) {
  const [key, setKey] = useState('');
  const queries = useQueryClient();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    queries.clear();
    signIn(key.trim());
  };
  return (
    <main className={classes.ground}>
      <Paper component="form" onSubmit={submit} className={classes.card} withBorder p="xl" radius="lg">
        <Stack>
          <Group gap="sm">
            <Mark size={30} />
            <Title order={1}>Sign in to Runledger</Title>
          </Group>
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
          <Text size="sm" c="dimmed">
            On this machine, the key is in <Code>.runledger/admin.key</Code>, and <Code>npm start</Code> prints a link
            that signs in. The key is kept until this tab is closed.
          </Text>
        </Stack>
      </Paper>
    </main>
  );
}

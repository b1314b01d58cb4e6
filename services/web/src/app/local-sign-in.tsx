import { Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';

const WRONG = 'Name or password is wrong, or there were too many attempts. Wait a while and try again.';
const REASONS: Readonly<Record<number, string>> = {
  401: WRONG,
  429: 'Too many sign in at a time. Try again.',
};

/** By a password of this server, where there is no provider. The server sets a cookie, which no script can read. */
export function LocalSignIn() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    const answer = await fetch('/auth/local', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: name.trim(), password }),
    }).catch(() => null);
    if (answer?.ok) return location.reload(); // begins anew as whoever has the cookie
    setAsking(false);
    setPassword('');
    setWrong(REASONS[answer?.status ?? 0] ?? 'The server does not answer at the moment. Try again.');
  };
  return (
    <>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="username"
            required
            withAsterisk={false}
          />
          <PasswordInput
            label="Password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
            error={wrong}
          />
          <Button type="submit" loading={isAsking}>
            Sign in by password
          </Button>
        </Stack>
      </form>
      <Divider label="or by a key" />
    </>
  );
}

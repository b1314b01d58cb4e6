import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { currentSession, watchSession } from '../api/session';
import { queries } from './queries';
import { router } from './routes';
import { SignIn } from './sign-in';
import { theme, variables } from './theme';

const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';

function SignedIn() {
  const session = useSyncExternalStore(watchSession, currentSession);
  return session.refused ? (
    <SignIn wasRefused={session.key !== null} reason={session.reason} />
  ) : (
    <RouterProvider router={router} />
  );
}

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <SignedIn />
      </QueryClientProvider>
    </MantineProvider>
  );
}

import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { ApiError } from '../api/api';
import { currentSession, watchSession } from '../api/session';
import { router } from './routes';
import { SignIn } from './sign-in';
import { theme, variables } from './theme';

/** What was refused for good is not asked again. */
const worthRetrying = (failures: number, error: Error): boolean =>
  failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);

const queries = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 10_000, networkMode: 'always' } },
});

const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';

function SignedIn() {
  const session = useSyncExternalStore(watchSession, currentSession);
  return session.refused ? <SignIn wasRefused={session.key !== null} /> : <RouterProvider router={router} />;
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

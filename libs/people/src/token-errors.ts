import type { ErrorDialect } from '@runledger/http';

const NAMES: Readonly<Record<string, string>> = {
  TOKEN_BAD_GRANT: 'invalid_grant',
  PEOPLE_BAD_TOKEN: 'invalid_grant',
  TOKEN_AMBIGUOUS: 'invalid_target',
};

/** Errors of POST /api/v1/token as OAuth's clients read them (RFC 6749, 5.2). */
export const TOKEN_ERRORS: ErrorDialect = {
  paths: ['/api/v1/token'],
  write: ({ status, headers, body: { error } }) => ({
    status: status === 401 ? 400 : status,
    headers,
    body: {
      error: NAMES[error.code] ?? (status >= 500 ? 'temporarily_unavailable' : 'invalid_request'),
      error_description: `${error.message} (${error.code})`,
    },
  }),
};

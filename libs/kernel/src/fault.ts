/** What a caller can do about a failure. HTTP status and retry follow from the kind; throw sites never choose them. */
export const FAULT_KINDS = {
  invalid: { http: 400, retry: false },
  unauthenticated: { http: 401, retry: false },
  forbidden: { http: 403, retry: false },
  missing: { http: 404, retry: false },
  conflict: { http: 409, retry: false },
  'too-large': { http: 413, retry: false },
  unsupported: { http: 415, retry: false },
  overloaded: { http: 429, retry: true },
  bug: { http: 500, retry: false },
  unimplemented: { http: 501, retry: false },
  unavailable: { http: 503, retry: true },
  full: { http: 507, retry: true },
} as const;
export type FaultKind = keyof typeof FAULT_KINDS;

const BRAND = Symbol.for('runledger.fault'); // survives two copies of this package in one process

export type FaultMore = { cause?: unknown; context?: Record<string, unknown> };

/** The one error that crosses a room's border. `code` is `<ROOM>_<REASON>`; `message` says what to do next. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly [BRAND] = true;
  readonly context: Readonly<Record<string, unknown>>;
  constructor(
    readonly kind: FaultKind,
    readonly code: string,
    message: string,
    more: FaultMore = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.context = more.context ?? {};
  }
}

export const isFault = (error: unknown): error is Fault =>
  typeof error === 'object' && error !== null && BRAND in error;

import type { ChangeOf, EXPIRY_DECISIONS, Retained } from '@runledger/contracts';

export type ExpiryChange = ChangeOf<typeof EXPIRY_DECISIONS>;

/** What of a run has gone. */
export type Expiry = Readonly<Record<Retained, boolean>>;
export const notExpired: Expiry = { points: false, artifacts: false };

export const expirySubject = (run: string): string => `expiry/${run}`;

/** Total: what was decided is never decided again. */
export const evolveExpiry = (expiry: Expiry, { type }: ExpiryChange): Expiry =>
  type === 'points.expired' ? { ...expiry, points: true } : { ...expiry, artifacts: true };

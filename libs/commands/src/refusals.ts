import { Fault, type FaultKind } from '@runledger/kernel';

/** What a client can do about each refusal of some rules. */
export type RefusalKinds<Code extends string> = Readonly<Record<Code, FaultKind>>;

/** The fault by which a refusal leaves. */
export const refusing =
  <Code extends string>(kinds: RefusalKinds<Code>) =>
  (code: string, message: string): Fault =>
    new Fault(kinds[code as Code], code, message);

/** The refusal of a name that another stream holds; `details` say which. */
export const nameTaken = (code: string, name: string, details: Record<string, unknown>): Fault =>
  new Fault('conflict', code, `the name ${JSON.stringify(name)} is taken`, { context: { details } });

/** Of rules that need no name of others. */
export const needsNothing = (): Fault => new Fault('bug', 'COMMANDS_UNKNOWN_CLAIM', 'these commands need no claims');

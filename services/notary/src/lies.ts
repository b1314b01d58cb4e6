import type { PlacedThing, Reach } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

export const LIES = Symbol('lies');
/** Whether things lie in somebody's reach (libs/postgres). */
export type Lies = Readonly<{ inReach(reach: Reach, thing: PlacedThing): Promise<boolean> }>;

/** What is foreign and what nobody recorded are the same. */
export const notThere = (what: string): Fault => new Fault('missing', 'NOTARY_MISSING', `there is no such ${what}`);

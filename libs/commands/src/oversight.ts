import type { Evidence } from '@runledger/contracts';
import type { DatedObjective, ModelVersion } from '@runledger/domain';
import { Fault } from '@runledger/kernel';

/** Which version to look at. `facts`: what is said of it, from its stream. */
export type Assessing = Readonly<{
  workspace: string;
  /** Id of the model. */
  model: string;
  version: number;
  facts: ModelVersion;
  /** Objectives to judge besides those that its run has anyway; the same ones as they are given here. */
  objectives: readonly DatedObjective[];
}>;

/** `startedBy`: the actor who began the run. */
export type Assessed = Readonly<{ evidence: Evidence; startedBy: string | null }>;

/**
 * What decisions about promotions and approvals need to know besides the journal. Each method waits until what was acknowledged
 * before is projected.
 */
export interface Oversight {
  /** Whose an actor is: two keys of one person are one. */
  personOf(workspace: string, actor: string): Promise<string>;
  /** The projects of runs; those that are not known are left out. */
  projectsOf(workspace: string, runs: readonly string[]): Promise<ReadonlyMap<string, string>>;
  assess(asked: Assessing): Promise<Assessed>;
}

function refuse(): never {
  throw new Fault('unavailable', 'COMMANDS_NO_OVERSIGHT', 'gates and approvals cannot be decided in this process');
}
/** Of a process that decides nothing about promotions: a gate that it meets stays closed. */
export const noOversight: Oversight = {
  personOf: async () => refuse(),
  projectsOf: async () => refuse(),
  assess: async () => refuse(),
};

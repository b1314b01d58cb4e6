export { type Assess, createAssess } from './assess';
export { createJudge, datedOf, type Judge, type JudgedRun } from './judge-runs';
export { type OversightParts, openOversight } from './open-oversight';
export { actorAsPerson, type PersonOf } from './person-of';
export { seenPosition } from './seen-position';

/**
 * The tag by which a run says how many steps it will take, from which its progress is told. A tag, since the last value wins: who goes on with a
 * run may change it.
 */
export const TOTAL_STEPS_TAG = 'runledger.totalSteps';

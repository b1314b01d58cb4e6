import { key, MODEL_STAGES, text } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';

const MOST_TEXT = 100_000;

/** Tags of models and versions, and texts about them. */
export const registryTags = z
  .array(z.object({ key, value: text(MOST_TEXT).default('') }))
  .max(1_000)
  .default([]);
export const registryText = text(MOST_TEXT);
/** A stage, in whichever case it is written. @throws Fault invalid MLFLOW_BAD_STAGE */
export function stageOf(written: string): (typeof MODEL_STAGES)[number] {
  const stage = MODEL_STAGES.find((one) => one.toLowerCase() === written.toLowerCase());
  if (stage === undefined)
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_STAGE',
      `Invalid Model Version stage: ${written.slice(0, 100)}. Value must be one of ${MODEL_STAGES.join(', ')}.`,
    );
  return stage;
}

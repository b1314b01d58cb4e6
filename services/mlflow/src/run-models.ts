import type { RunOutputRecord } from '@runledger/postgres';

/**
 * Which logged models a run read is kept in its tags, one for each: a tag set twice is set once, and two clients that
 * name different models do not meet. MLflow's clients see them as inputs, and not among the tags. What a run made are facts.
 */
const INPUT = 'runledger.model-input.';

/** The tag of a dataset input that says what it was used for. */
export const CONTEXT_TAG = 'mlflow.data.context';

export const modelInputTag = (model: string): string => INPUT + model;
export const isModelTag = (key: string): boolean => key.startsWith(INPUT);

type TagLike = Readonly<{ key: string; value: string }>;

export const modelInputsOf = (tags: readonly TagLike[]): Array<{ model_id: string }> =>
  tags.filter(({ key }) => key.startsWith(INPUT)).map(({ key }) => ({ model_id: key.slice(INPUT.length) }));

/** `outputs` may hold those of other runs. */
export const modelOutputsOf = (
  run: string,
  outputs: readonly RunOutputRecord[],
): Array<{ model_id: string; step: bigint }> =>
  outputs
    .filter((output) => output.run === run)
    .map(({ loggedModel, step }) => ({ model_id: loggedModel, step: BigInt(step) }));

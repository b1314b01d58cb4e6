/**
 * Which logged models a run read and made is kept in its tags, one for each: a tag set twice is set once, and two clients that
 * name different models do not meet. MLflow's clients see them as inputs and outputs, and not among the tags.
 */
const INPUT = 'runledger.model-input.';
const OUTPUT = 'runledger.model-output.';

/** The tag of a dataset input that says what it was used for. */
export const CONTEXT_TAG = 'mlflow.data.context';

export const modelInputTag = (model: string): string => INPUT + model;
export const modelOutputTag = (model: string): string => OUTPUT + model;
export const isModelTag = (key: string): boolean => key.startsWith(INPUT) || key.startsWith(OUTPUT);

type TagLike = Readonly<{ key: string; value: string }>;

export const modelInputsOf = (tags: readonly TagLike[]): Array<{ model_id: string }> =>
  tags.filter(({ key }) => key.startsWith(INPUT)).map(({ key }) => ({ model_id: key.slice(INPUT.length) }));

export const modelOutputsOf = (tags: readonly TagLike[]): Array<{ model_id: string; step: bigint }> =>
  tags
    .filter(({ key, value }) => key.startsWith(OUTPUT) && /^-?\d{1,19}$/.test(value))
    .map(({ key, value }) => ({ model_id: key.slice(OUTPUT.length), step: BigInt(value) }));

/** Longest value of a param or a tag, in UTF-16 units: kept whole, where MLflow cuts at 6,000 and 8,000 characters. */
export const MAX_VALUE_LENGTH = 65_536;

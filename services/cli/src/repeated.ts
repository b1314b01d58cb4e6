import { InvalidArgumentError } from 'commander';

/** Gathers an option that may come more than once. */
export const repeated = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9,999,999.');
  return Number(text);
}

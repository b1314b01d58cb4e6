import { Fault } from '@runledger/kernel';
import type { z } from 'zod';

const MOST_ISSUES = 20;

/**
 * Validates what came from outside. The refusal names what is wrong and where, for the first twenty places.
 * @throws Fault invalid HTTP_BAD_INPUT
 */
export function checkInput<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MOST_ISSUES).map(({ path, message }) => ({
    path: path.map(String).join('.'),
    message,
  }));
  const first = issues[0];
  throw new Fault('invalid', 'HTTP_BAD_INPUT', `${where}: ${first?.path ? `${first.path}: ` : ''}${first?.message}`, {
    context: { details: { where, issues } },
  });
}

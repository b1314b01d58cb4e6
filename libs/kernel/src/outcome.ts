/** What a command comes to: accepted with a value, or refused by a named rule. A refusal is a value, not an exception. */
export type Outcome<T, Refusal extends string = string> =
  | Readonly<{ ok: true; value: T }>
  | Readonly<{ ok: false; code: Refusal; message: string }>;

export const accept = <T>(value: T): Outcome<T, never> => ({ ok: true, value });
export const refuse = <Refusal extends string>(code: Refusal, message: string): Outcome<never, Refusal> => ({
  ok: false,
  code,
  message,
});

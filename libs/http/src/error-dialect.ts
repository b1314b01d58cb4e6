import type { ErrorAnswer, WrittenError } from './error-answer';

/**
 * How errors are written below some paths, where clients of another protocol expect a shape of their own. By path, since
 * it must hold for routes that do not exist, too.
 */
export type ErrorDialect = Readonly<{
  /** A path that is one of these, or lies below it. */
  paths: readonly string[];
  write(answer: ErrorAnswer): WrittenError;
}>;

/** Writes an error in the words of the path that it happened on. */
export type WriteError = (url: string, answer: ErrorAnswer) => WrittenError;

const isBelow = (url: string, path: string): boolean =>
  url.startsWith(path) && (url.length === path.length || '/?'.includes(url[path.length] ?? ''));

export const createErrorWriter =
  (dialects: readonly ErrorDialect[]): WriteError =>
  (url, answer) =>
    dialects.find(({ paths }) => paths.some((path) => isBelow(url, path)))?.write(answer) ?? answer;

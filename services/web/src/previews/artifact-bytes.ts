import type { RunAnswer } from '@runledger/contracts/http';
import { at, request } from '../api/api';

export type Artifact = RunAnswer['artifacts'][number];
/** A file of a run. */
export type Chosen = Readonly<{ run: string; artifact: Artifact }>;
type Asked = Readonly<{ signal?: AbortSignal; range?: readonly [first: number, last: number] }>;

const pathOf = ({ run, artifact }: Chosen): string =>
  at`runs/${run}/artifacts/` + artifact.path.split('/').map(encodeURIComponent).join('/');

/**
 * With the key in a header, which neither a link nor an element can send.
 * @throws ApiError
 */
function read(chosen: Chosen, { signal, range }: Asked): Promise<Response> {
  const headers: Record<string, string> = range === undefined ? {} : { range: `bytes=${range[0]}-${range[1]}` };
  return request(pathOf(chosen), { headers, ...(signal === undefined ? {} : { signal }) });
}

/** Bytes of a range, both ends within it. */
export const readBytes = async (chosen: Chosen, asked: Asked = {}): Promise<ArrayBuffer> =>
  (await read(chosen, asked)).arrayBuffer();

export const readBlob = async (chosen: Chosen): Promise<Blob> => (await read(chosen, {})).blob();

/** The beginning of a file as text: all of it, when it has no more than `most` bytes. */
export async function readText(
  chosen: Chosen,
  most: number,
  signal: AbortSignal,
): Promise<Readonly<{ text: string; isWhole: boolean }>> {
  const isWhole = chosen.artifact.size <= most;
  const response = await read(chosen, isWhole ? { signal } : { signal, range: [0, most - 1] });
  return { text: await response.text(), isWhole };
}

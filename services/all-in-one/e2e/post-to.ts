import type { AllInOne } from './all-in-one-process';

/** Posts to the native doors of a server, which must take it; the answer's JSON. */
export const postTo =
  ({ url, key }: Pick<AllInOne, 'url' | 'key'>) =>
  async (path: string, body: object): Promise<{ position: string }> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { position: string };
  };

import type { ExpiredAnswer } from '@runledger/contracts/http';
import type { Server } from './server';
import { layTable } from './text-table';

type Expired = ExpiredAnswer['expired'][number];
const PAGE = 1_000;

/** What has expired in a project, newest first, page by page, at most `limit`. */
export async function expiredIn(
  server: Server,
  project: string,
  { what, limit }: Readonly<{ what?: string; limit: number }>,
): Promise<Expired[]> {
  const found: Expired[] = [];
  for (let token: string | null = ''; token !== null && found.length < limit; ) {
    const page = String(Math.min(PAGE, limit - found.length));
    const query = new URLSearchParams({
      limit: page,
      ...(what === undefined ? {} : { what }),
      ...(token === '' ? {} : { page_token: token }),
    });
    const path = `projects/${encodeURIComponent(project)}/expired?${query.toString()}`;
    const answer: ExpiredAnswer = await server.read<ExpiredAnswer>(path);
    found.push(...answer.expired);
    token = answer.nextPageToken;
  }
  return found;
}

const wasThere = ({ what, points, metrics, files, bytes }: Expired): string =>
  what === 'points' ? `${points} points of ${metrics} metrics` : `${files} files, ${bytes} bytes`;

export const expiredTable = (expired: readonly Expired[]): string =>
  layTable(
    ['decided', 'run', 'name', 'was there', 'gone', 'after days', 'policy', 'by', 'event'],
    expired.map((one) => [
      one.at,
      one.run,
      one.runName,
      wasThere(one),
      one.gone ? 'yes' : 'soon',
      one.days,
      one.policy,
      one.policyBy,
      one.event,
    ]),
  );

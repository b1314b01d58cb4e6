import { z } from 'zod';

/**
 * What somebody may have in a second. `reads` is the time of reads, so: how many of them may run at a time, on average. `series` is by the hour:
 * to how many metrics of runs points may come. `storage` is by no time: how many bytes of artifacts may be kept.
 */
export type Quotas = Readonly<Partial<Record<QuotaName, number>>>;
type QuotaName = (typeof NAMES)[number];

const NAMES = ['requests', 'bytes', 'points', 'reads', 'series', 'storage'] as const;
const isName = (text: string): text is QuotaName => NAMES.some((name) => name === text);
/** Ten seconds of it must be an integer that Redis counts exactly. */
const MOST = 1e12;
const MOST_STORED = 1e15;
const mostOf = (name: QuotaName): number => (name === 'storage' ? MOST_STORED : MOST);

/** `requests=100,points=5000`: whole numbers by the second, series by the hour, storage in all. What is not named is not limited; nothing at all is `off`. */
export const quotas = z.string().transform((text, context): Quotas => {
  const found: Partial<Record<QuotaName, number>> = {};
  for (const part of text === 'off' ? [] : text.split(',')) {
    const [, name = '', digits = ''] = /^\s*([a-z]+)=(\d{1,16})\s*$/.exec(part) ?? [];
    const value = Number(digits);
    if (!isName(name) || name in found || value < 1 || value > mostOf(name)) {
      const message = `must be off, or a list such as requests=100,points=5000 out of ${NAMES.join(', ')}, each once and from 1 to ${MOST}, storage to ${MOST_STORED}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    found[name] = value;
  }
  return Object.freeze(found);
});

/** The same for one caller, who keeps nothing by himself: what he stores is his workspace's and his project's. */
export const callerQuotas = quotas.refine(
  ({ storage }) => storage === undefined,
  'storage is limited for a workspace or a project, not for a caller',
);

import { z } from 'zod';

/**
 * What somebody may have in a second. `reads` is the time of reads, so: how many of them may run at a time, on average. `series` alone is by the hour:
 * to how many metrics of runs points may come.
 */
export type Quotas = Readonly<Partial<Record<QuotaName, number>>>;
type QuotaName = (typeof NAMES)[number];

const NAMES = ['requests', 'bytes', 'points', 'reads', 'series'] as const;
const isName = (text: string): text is QuotaName => NAMES.some((name) => name === text);
/** Ten seconds of it must be an integer that Redis counts exactly. */
const MOST = 1e12;

/** `requests=100,points=5000`: whole numbers by the second, series by the hour. What is not named is not limited; nothing at all is `off`. */
export const quotas = z.string().transform((text, context): Quotas => {
  const found: Partial<Record<QuotaName, number>> = {};
  for (const part of text === 'off' ? [] : text.split(',')) {
    const [, name = '', digits = ''] = /^\s*([a-z]+)=(\d{1,13})\s*$/.exec(part) ?? [];
    const value = Number(digits);
    if (!isName(name) || name in found || value < 1 || value > MOST) {
      const message = `must be off, or a list such as requests=100,points=5000 out of ${NAMES.join(', ')}, each once and from 1 to ${MOST}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    found[name] = value;
  }
  return Object.freeze(found);
});

import { formatCount } from '../elements/format';

/** So many of something, whose plural has an s. */
export const counted = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;

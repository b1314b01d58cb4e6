/** Pairs of lines that are looked at: beyond it, two texts are too long to be compared. */
const MOST_PAIRS = 4_000_000;
const CONTEXT = 3;

type Line = Readonly<{ sign: ' ' | '-' | '+'; text: string }>;

/** The longest common subsequence of the middles decides; what both begin and end with is the same anyway. */
function alignLines(a: readonly string[], b: readonly string[]): Line[] {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] as number) + 1
          : Math.max(common[(i + 1) * width + j] as number, common[i * width + j + 1] as number);
  const at = (i: number, j: number): number => common[i * width + j] as number;
  const isRemoved = (i: number, j: number): boolean => j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1));
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length)
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i] as string });
      i++;
      j++;
    } else if (isRemoved(i, j)) lines.push({ sign: '-', text: a[i++] as string });
    else lines.push({ sign: '+', text: b[j++] as string });
  return lines;
}

function commonEnds(a: readonly string[], b: readonly string[]): { head: number; tail: number } {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return { head, tail };
}

const kept = (texts: readonly string[]): Line[] => texts.map((text) => ({ sign: ' ', text }));

/** Changed lines with some around them, as `diff -u` groups them. */
function hunks(lines: readonly Line[]): string[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const out: string[] = [];
  let [left, right] = [1, 1];
  for (let at = 0; at < lines.length; ) {
    let to = at;
    while (to < lines.length && isNear[to] === isNear[at]) to++;
    const part = lines.slice(at, to);
    const a = part.filter(({ sign }) => sign !== '+').length;
    const b = part.filter(({ sign }) => sign !== '-').length;
    if (isNear[at] === true)
      out.push(
        `@@ -${a === 0 ? left - 1 : left},${a} +${b === 0 ? right - 1 : right},${b} @@`,
        ...part.map(({ sign, text }) => sign + text),
      );
    left += a;
    right += b;
    at = to;
  }
  return out;
}

/** How `b` differs from `a`, as hunks of a unified diff; empty where it does not, null where they are too long. */
export function diffLines(a: string, b: string): string | null {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const { head, tail } = commonEnds(left, right);
  const middle = [left.slice(head, left.length - tail), right.slice(head, right.length - tail)] as const;
  if ((middle[0].length + 1) * (middle[1].length + 1) > MOST_PAIRS) return null;
  const lines = [...kept(left.slice(0, head)), ...alignLines(...middle), ...kept(left.slice(left.length - tail))];
  return hunks(lines).join('\n');
}

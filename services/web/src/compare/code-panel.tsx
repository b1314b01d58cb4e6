import { Text } from '@mantine/core';
import type { CompareAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { codeRead } from '../api/reads';
import { formatCount } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import classes from './compare-page.module.css';
import type { CompareState } from './compare-state';

/** Runs side by side at most: of more, the first. The page says so. */
const MOST_BESIDE = 30;
type Row = CompareAnswer['code'][number];
const TITLES = { code: 'Code', environment: 'Environment', packages: 'Packages' } as const;

type Beside = Readonly<{ title: string; rows: readonly Row[]; names: readonly string[]; base: number }>;

function RowsBeside({ title, rows, names, base }: Beside) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className={classes.part}>{title}</h2>
      {/* Scrolled by keyboard too. */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={`${title}, scrollable`}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              {names.map((name, at) => (
                // Two runs may have one name; their order does not change.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <th key={at} scope="col" className={classes.run}>
                  {name}
                  {at === base && <small> (baseline)</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, values }) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                {names.map((_, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: see above
                  <td key={at} title={String(values[at] ?? '')} data-differs={values[at] !== values[base] || undefined}>
                    {values[at] === null || values[at] === undefined ? '–' : String(values[at])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const kindOf = (line: string): 'added' | 'removed' | 'place' | undefined => {
  if (line.startsWith('@@')) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : undefined;
};

function PatchDiff({ name, diff }: { name: string; diff: string }) {
  return (
    <details className={classes.patch} open>
      <summary>{name}: its uncommitted change, less the baseline's</summary>
      <pre tabIndex={0}>
        {diff.split('\n').map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text stay where they are
          <span key={at} data-line={kindOf(line)}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
    </details>
  );
}

function Found({ answer }: { answer: CompareAnswer }) {
  const names = answer.runs.map(({ run, name }) => name ?? run);
  const base = answer.runs.findIndex(({ run }) => run === answer.baseline);
  const nameOf = (id: string): string => answer.runs.find(({ run }) => run === id)?.name ?? id;
  const inputs = answer.inputs.map(({ name, context, digests }) => ({
    key: context === '' ? name : `${name} (${context})`,
    values: digests.map((of) => (of.length === 0 ? null : of.join(', '))),
  }));
  const patches = answer.patches.flatMap(({ run, diff }) => (diff === null ? [] : [{ run, diff }]));
  const isSame =
    [answer.code, answer.environment, answer.packages, inputs].every((rows) => rows.length === 0) &&
    patches.length === 0;
  if (isSame) return <Empty title="Their code, environment, packages and inputs do not differ" />;
  return (
    <>
      {(['code', 'environment', 'packages'] as const).map((part) => (
        <RowsBeside key={part} title={TITLES[part]} rows={answer[part]} names={names} base={base} />
      ))}
      <RowsBeside title="Inputs, by digest" rows={inputs} names={names} base={base} />
      {patches.map(({ run, diff }) => (
        <PatchDiff key={run} name={nameOf(run)} diff={diff} />
      ))}
    </>
  );
}

/** What differs in code, environment, packages and inputs. */
export function CodePanel({ state: { runs, baseline } }: { state: CompareState }) {
  const base = baseline !== null && runs.includes(baseline) ? baseline : (runs[0] ?? '');
  const beside = [base, ...runs.filter((run) => run !== base)].slice(0, MOST_BESIDE);
  const read = useQuery({ ...codeRead(beside, base), enabled: beside.length > 1 });
  if (beside.length < 2) return <Empty title="Two runs are needed" />;
  return (
    <div className={classes.page}>
      {runs.length > MOST_BESIDE && (
        <Text size="xs" c="dimmed" role="status">
          The first {MOST_BESIDE} of {formatCount(runs.length)} runs.
        </Text>
      )}
      <Pending read={read} />
      {read.data !== undefined && <Found answer={read.data} />}
    </div>
  );
}

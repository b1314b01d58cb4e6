import { Checkbox, Group, ScrollArea, Text, TextInput } from '@mantine/core';
import { objectiveOf } from '../governance/judged-runs';
import classes from './column-list.module.css';
import { METRIC_KINDS, splitColumn, titleOf } from './run-columns';

type ListParts = Readonly<{
  label: string;
  wanted: string;
  onWanted: (wanted: string) => void;
  columns: readonly string[];
  chosen: readonly string[];
  onToggle: (id: string) => void;
  /** Metrics also by their least, greatest and last value. */
  withSummaries?: boolean;
  /** Of columns whose ids tell nobody anything. */
  names?: ReadonlyMap<string, string>;
}>;
const NO_NAMES: ReadonlyMap<string, string> = new Map();

const MOST = 200;
const kindOf = (id: string): string =>
  splitColumn(id)?.kind.slice(0, -1) ?? (objectiveOf(id) === null ? '' : 'objective');

/** Columns to tick, found by name. */
export function ColumnList({
  label,
  wanted,
  onWanted,
  columns,
  chosen,
  onToggle,
  withSummaries = false,
  names = NO_NAMES,
}: ListParts) {
  const named = (id: string): string => names.get(id) ?? titleOf(id);
  const words = wanted.trim().toLowerCase();
  const found = columns.filter((id) => id.toLowerCase().includes(words) || named(id).toLowerCase().includes(words));
  const box = (id: string, text: string, name?: string) => (
    <Checkbox
      size="xs"
      label={text}
      {...(name === undefined ? {} : { 'aria-label': name })}
      checked={chosen.includes(id)}
      onChange={() => onToggle(id)}
    />
  );
  return (
    <>
      <TextInput
        size="xs"
        mb="xs"
        aria-label={label}
        placeholder={label}
        value={wanted}
        onChange={(event) => onWanted(event.currentTarget.value)}
      />
      <ScrollArea.Autosize mah={340} w={360} viewportProps={{ tabIndex: 0 }}>
        {found.slice(0, MOST).map((id) => {
          const column = splitColumn(id);
          return (
            <div key={id} className={classes.row}>
              <div className={classes.name}>
                {box(id, named(id), id.includes('.') && !names.has(id) ? id : undefined)}
              </div>
              {withSummaries && column?.kind === 'metrics' ? (
                <Group gap={8} wrap="nowrap">
                  {METRIC_KINDS.map((kind) => (
                    <span key={kind}>
                      {box(`${kind}.${column.key}`, kind.slice(8), `${kind.slice(8)} ${column.key}`)}
                    </span>
                  ))}
                </Group>
              ) : (
                <small className={classes.kind}>{kindOf(id)}</small>
              )}
            </div>
          );
        })}
        {found.length === 0 && (
          <Text size="xs" c="dimmed">
            Nothing is called that
          </Text>
        )}
      </ScrollArea.Autosize>
      {found.length > MOST && (
        <Text size="xs" c="dimmed" mt={4}>
          The first {MOST}: type more of the name for others
        </Text>
      )}
    </>
  );
}

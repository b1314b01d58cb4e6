import { Group } from '@mantine/core';
import classes from './tag-marks.module.css';

export function TagMarks({ tags }: { tags: ReadonlyArray<Readonly<{ key: string; value: string }>> }) {
  return (
    <Group gap={4}>
      {tags.map(({ key, value }) => (
        <span key={key} className={classes.tag} title={`${key}: ${value}`}>
          <span className={classes.key}>{key}</span> {value}
        </span>
      ))}
    </Group>
  );
}

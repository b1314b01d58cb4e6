import { Anchor, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Dialog } from '../elements/dialog';
import { Pending } from '../elements/notice';
import { When } from '../elements/when';
import { boardHistoryRead } from './board-api';
import classes from './boards.module.css';

/** Every version of a dashboard or a report, each of which is a link. */
export function BoardHistory({ board, onClose }: { board: string; onClose: () => void }) {
  const read = useQuery(boardHistoryRead(board));
  return (
    <Dialog title="Versions" onClose={onClose}>
      <Pending read={read} rows={3} />
      <ol className={classes.versions}>
        {read.data?.history.map(({ number, name, panels, since, until, actor }) => (
          <li key={number}>
            <Group gap="xs">
              <Anchor
                component={Link}
                to={`/boards/${encodeURIComponent(board)}${until === null ? '' : `?number=${number}`}`}
                size="sm"
                onClick={onClose}
              >
                Version {number}
              </Anchor>
              <Text span size="sm">
                {name}, {panels} {panels === 1 ? 'panel' : 'panels'}
              </Text>
              <Text span size="xs" c="dimmed">
                <When at={since} /> by {actor}
              </Text>
            </Group>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

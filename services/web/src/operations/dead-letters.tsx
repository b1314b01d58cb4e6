import { Button, Table, Text } from '@mantine/core';
import type { DeadLettersAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Failure, Pending } from '../elements/notice';
import { Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import { deadLettersRead, replayLetter } from './operations-reads';

type Letter = DeadLettersAnswer['letters'][number];
const COLUMNS = ['Set aside', 'Projection', 'Where in the log', 'Why', 'Replayed', 'Once more'];

function LetterRow({ letter, onReplay, isBusy }: { letter: Letter; onReplay: () => void; isBusy: boolean }) {
  const { recordedAt, group, topic, partition, offset, ordinal, step, code, message, replayed } = letter;
  return (
    <Table.Tr>
      <Table.Td>
        <When at={recordedAt} />
      </Table.Td>
      <Table.Td>{group}</Table.Td>
      <Table.Td>{`${topic} ${partition}, record ${offset}${ordinal < 0 ? '' : `, event ${ordinal}`}`}</Table.Td>
      <Table.Td>{`${step}: ${code}, ${message}`}</Table.Td>
      <Table.Td>
        {replayed !== null && (
          <>
            {replayed.times} ×, <When at={replayed.at} /> by {replayed.actor}
          </>
        )}
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          loading={isBusy}
          onClick={onReplay}
          aria-label={`Replay ${letter.letter}`}
        >
          Replay
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

/** What could not be applied, with why, to be given to the log once more when the reason is gone. */
export function DeadLetters() {
  const queries = useQueryClient();
  const read = useInfiniteQuery(deadLettersRead());
  const replaying = useMutation({
    mutationFn: replayLetter,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['dead-letters'] }),
  });
  const letters = read.data?.pages.flatMap((page) => page.letters);
  // Only administrators may see them, and nobody is told twice that they are none.
  if (read.error instanceof ApiError && read.error.status === 403) return null;
  const note = letters?.length === 0 && (
    <Text size="sm" c="dimmed" mb="xs">
      Every event that was recorded could be applied.
    </Text>
  );
  return (
    <>
      <Sheet title="Dead letters" columns={COLUMNS} note={note}>
        {letters?.map((letter) => (
          <LetterRow
            key={letter.letter}
            letter={letter}
            isBusy={replaying.isPending && replaying.variables === letter.letter}
            onReplay={() => replaying.mutate(letter.letter)}
          />
        ))}
      </Sheet>
      {replaying.error !== null && <Failure error={replaying.error} />}
      <Pending read={read} rows={2} />
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </>
  );
}

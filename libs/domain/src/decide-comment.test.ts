import { type Comment, evolveComment, unseenComment } from './comment';
import { type CommentCommand, decideComment, mentionsIn } from './decide-comment';

const about = { kind: 'run' as const, id: 'r1' };
const write = (text: string, of: { kind: 'run'; id: string } = about): CommentCommand => ({
  name: 'write-comment',
  comment: 'c1',
  about: of,
  text,
});
const remove: CommentCommand = { name: 'delete-comment', comment: 'c1' };
const after = (command: CommentCommand, comment: Comment): Comment => {
  const outcome = decideComment(command, comment);
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.value.events.reduce(evolveComment, comment);
};
const typesOf = (command: CommentCommand, comment: Comment): string[] => {
  const outcome = decideComment(command, comment);
  return outcome.ok ? outcome.value.events.map(({ type, data }) => ('who' in data ? `${type} ${data.who}` : type)) : [];
};

it('tells everybody who is named, once, also when the words change', () => {
  expect(typesOf(write('@ada and @bob, @ada!'), unseenComment)).toEqual([
    'comment.written',
    'comment.mentioned ada',
    'comment.mentioned bob',
  ]);
  const written = after(write('@ada?'), unseenComment);
  expect(typesOf(write('@ada, @eve?'), written)).toEqual(['comment.written', 'comment.mentioned eve']);
  expect(typesOf(write('@ada?'), written)).toEqual([]);
});

it('knows names from addresses of mail and from ends of sentences', () => {
  expect(mentionsIn('ask @ada.l. or me@example.org, (@ci:nightly) @@x @')).toEqual(['ada.l', 'ci:nightly']);
});

it('refuses silence, other places and crowds', () => {
  expect(decideComment(write('  '), unseenComment)).toMatchObject({ code: 'COMMENT_EMPTY' });
  const written = after(write('hm'), unseenComment);
  expect(decideComment(write('hm', { kind: 'run', id: 'r2' }), written)).toMatchObject({ code: 'COMMENT_ELSEWHERE' });
  const crowd = Array.from({ length: 51 }, (_, at) => `@n${at}`).join(' ');
  expect(decideComment(write(crowd), unseenComment)).toMatchObject({ code: 'COMMENT_TOO_MANY_NAMES' });
});

it('is deleted once, and there again once it is written', () => {
  expect(decideComment(remove, unseenComment)).toMatchObject({ code: 'COMMENT_UNKNOWN' });
  const deleted = after(remove, after(write('hm'), unseenComment));
  expect(typesOf(remove, deleted)).toEqual([]);
  expect(after(write('hm'), deleted).status).toBe('active');
});

import type { Me, ProjectDeletersAnswer } from '@runledger/contracts/http';
import { deletionRefusal } from './deletion-refusal';

const writesIn = (only: string[]): Me => ({
  ...{ workspace: 'w', actor: 'ada', name: null, email: null },
  permissions: [{ permission: 'events:write', projects: { only } }],
});
const answer = (refusal: string | null): ProjectDeletersAnswer => ({
  project: 'p',
  deleters: { held: null, next: null, you: refusal === null, refusal },
});

it('is none where nobody is in the way, or nobody knows yet', () => {
  expect(deletionRefusal(writesIn(['a']), [{ project: 'a', answer: answer(null) }])).toBeNull();
  expect(deletionRefusal(undefined, [{ project: 'a', answer: undefined }])).toBeNull();
});

it('is the first that any of the projects gives', () => {
  const projects = [
    { project: 'a', answer: answer(null) },
    { project: 'b', answer: answer('by the policy of the project b, nobody deletes') },
  ];
  expect(deletionRefusal(writesIn(['a', 'b']), projects)).toBe('by the policy of the project b, nobody deletes');
});

it('is that somebody may not write at all, whatever the policy is', () => {
  const projects = [{ project: 'b', answer: answer(null) }];
  expect(deletionRefusal(writesIn(['a']), projects)).toBe('you may read the project b, and not write in it');
});

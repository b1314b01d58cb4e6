export { PeopleModule } from './people.module';
export { openPeopleOptions } from './people-options';
export type { PeoplePorts } from './people-room';
export { actorOfPerson, createPersonStore, type PersonStore, subjectNamesOf } from './person-store';
export { TOKEN_ERRORS } from './token-errors';

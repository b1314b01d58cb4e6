export { type Issuer, readIssuers } from './issuers';
export { PeopleModule } from './people.module';
export { openPeopleOptions } from './people-options';
export type { PeopleOptions, PeoplePorts } from './people-room';
export { TOKEN_ERRORS } from './token-errors';

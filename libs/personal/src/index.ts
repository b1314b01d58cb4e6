export { beginSealing } from './begin-sealing';
export type { KeyEncryption } from './key-encryption';
export type { Erased } from './key-folder';
export { createOpenAnswer, type OpenAnswer } from './open-answers';
export { openPersonalData, type PersonalPlace } from './open-personal-data';
export { type PersonalData, subjectNamed, subjectOfActor } from './personal-data';
export { createSealingJournal } from './sealing-journal';
export { createSealingLog } from './sealing-log';
export { searchSealed } from './search-sealed';

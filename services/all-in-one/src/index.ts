export { allInOneSettings } from './all-in-one.config';

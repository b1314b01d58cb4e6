export { cliSettings } from './cli.config';

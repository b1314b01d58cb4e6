export type { Batch, Consumer, Consumption, Log } from './log';

import { type Logger as Pino, pino } from 'pino';

export type Logger = Pick<Pino, 'debug' | 'info' | 'warn' | 'error'>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured lines on stderr: stdout belongs to what a person asked for. */
export const createLogger = (room: string, level: LogLevel = 'info'): Logger =>
  pino({ level, base: { room } }, pino.destination({ fd: 2, sync: true }));

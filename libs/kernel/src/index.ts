export { count, flag, portNumber, readConfig } from './config';
export { armFailpoint, FAILPOINTS, type Failpoint, failpoint } from './failpoint';
export { FAULT_KINDS, Fault, type FaultKind, isFault } from './fault';
export { isUuid, uuidv7 } from './ids';
export { createLogger, type Logger, type LogLevel } from './logger';
export { accept, type Outcome, refuse } from './outcome';
export { type Running, runProcess } from './run-process';
export { Scope } from './scope';
export { settings } from './settings';

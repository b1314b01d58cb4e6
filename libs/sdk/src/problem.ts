/** Something that a person should know and the training script need not handle. */
export type Problem = Readonly<{ code: ProblemCode; message: string }>;
export type ProblemCode =
  /** The server cannot be reached or is overloaded; everything is kept in the spool. */
  | 'SDK_SERVER_AWAY'
  | 'SDK_SERVER_BACK'
  /** The key or the address is wrong; everything is kept in the spool. */
  | 'SDK_HELD'
  /** The server refused a batch for ever; it lies in the refused file. */
  | 'SDK_REFUSED'
  /** The spool could not be written or synced. */
  | 'SDK_SPOOL_WRITE'
  /** A part of a spool cannot be read. */
  | 'SDK_SPOOL_DAMAGED'
  /** A run finished, and not everything was delivered in time; it is kept in the spool. */
  | 'SDK_UNDELIVERED'
  /** What a killed process left in the spool was sent. */
  | 'SDK_RECOVERED';

export type ReportProblem = (problem: Problem) => void;

/** The default: one plain line on stderr, where a person looks. */
export const reportOnStderr: ReportProblem = ({ code, message }) => {
  process.stderr.write(`runledger: ${message} (${code})\n`);
};

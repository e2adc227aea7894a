/** What kept an embedded service from starting. */
export type EmbeddedFault =
  /** npm did not install the PostgreSQL binaries of this platform. */
  | 'binaries_missing'
  /** The binaries are there and do not run. */
  | 'binaries_unusable'
  /** A data directory cannot be created, or is not ours. */
  | 'data_directory_unusable'
  /** The cluster could not be created. */
  | 'initdb_failed'
  /** The server ended before it was ready. */
  | 'start_failed';

/** An embedded service could not be started. The message is a full sentence for the person at the terminal. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
  readonly fault: EmbeddedFault;

  constructor(fault: EmbeddedFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** How a service ended. */
export interface ServiceEnd {
  /** In words: `exit code 1`, `SIGKILL`. */
  readonly how: string;
  /** What it wrote last. */
  readonly lastLines: string;
}

/** Something that the local run has started, and that it stops again. */
export interface Service {
  /** As the person at the terminal knows it. */
  readonly name: string;
  /** Resolves once it is gone, asked or not. */
  readonly ended: Promise<ServiceEnd>;
  /** Lets it finish what it does. Resolves once it is gone. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** The run cannot start or go on for a reason that the person at the terminal can see to. Printed as it is, without a stack. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
  /** sysexits.h: 64 for a wrong command line, 1 for everything else. */
  readonly exitCode: number;

  constructor(message: string, options: { readonly cause?: unknown; readonly exitCode?: number } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The exit code for a command line that cannot be understood (sysexits.h EX_USAGE). */
export const USAGE_EXIT_CODE = 64;

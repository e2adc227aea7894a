import { err, ok, type Result } from '../../../foundation/result.ts';
import { hashPassword, isPassword } from './password-hash.ts';

/** Too many passwords wait to be computed: the work was not begun. */
export interface Busy {
  readonly reason: 'busy';
}

/** Computations at one time. Each takes a thread of the platform's pool, which files and DNS need too, and its memory. */
const MAX_RUNNING = 2;
/** Computations that wait: some seconds' worth. What comes beyond would wait longer than a person does. */
const MAX_WAITING = 32;

/** Computes password hashes, a few at a time: a flood of sign-ins takes neither the processors nor the memory of everything else. */
export class PasswordChecks {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #decoy: Promise<string> | undefined;

  /**
   * Whether the hash is of this password. Without a hash it is not, which takes just as long to find out: how long an answer takes must
   * not tell whose accounts there are.
   */
  check(password: string, hash: string | undefined): Promise<Result<boolean, Busy>> {
    return this.#take(async () => (await isPassword(password, hash ?? (await this.#loadDecoy()))) && hash !== undefined);
  }

  hash(password: string): Promise<Result<string, Busy>> {
    return this.#take(() => hashPassword(password));
  }

  #loadDecoy(): Promise<string> {
    this.#decoy ??= hashPassword('');
    return this.#decoy;
  }

  async #take<Value>(work: () => Promise<Value>): Promise<Result<Value, Busy>> {
    if (this.#running >= MAX_RUNNING) {
      if (this.#waiting.length >= MAX_WAITING) return err({ reason: 'busy' });
      await new Promise<void>((resolve) => this.#waiting.push(resolve)); // whoever ends hands its place over
    } else this.#running += 1;
    try {
      return ok(await work());
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

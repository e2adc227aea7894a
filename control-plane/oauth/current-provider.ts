import type { Provider } from 'oidc-provider';
import type { SigningKey, SigningKeys } from './keys/signing-keys.ts';

/** The authorization server with the keys that there are. It is replaced as a whole when they change; requests under way keep theirs. */
export class CurrentProvider {
  readonly #keys: SigningKeys;
  readonly #make: (keys: readonly SigningKey[]) => Provider;
  #known: readonly string[] = [];
  #provider: Provider | undefined;

  constructor(keys: SigningKeys, make: (keys: readonly SigningKey[]) => Provider) {
    this.#keys = keys;
    this.#make = make;
  }

  readonly get = (): Provider => {
    if (this.#provider === undefined) throw new Error('the authorization server is asked before its keys are loaded');
    return this.#provider;
  };

  /** Makes the keys that have to be made, and takes note of those that other control planes have made. */
  async refresh(): Promise<void> {
    await this.#keys.rotate();
    const keys = await this.#keys.load();
    const kids = keys.map((key) => key.kid);
    if (kids.join() === this.#known.join()) return;
    this.#provider = this.#make(keys);
    this.#known = kids;
  }
}

// Trust boundary: which variables and files of this process a stored setting can name. Whoever may change a server writes the
// reference, and the secret then goes to an address of their choice, so an organization reaches only what the operator put under its
// own name: `SLUICE_SECRET_<ORGANIZATION>__<NAME>` and the folder of its slug below `SLUICE_SECRETS_DIR`.
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { err, ok, type Result } from '../../foundation/result.ts';
import { Secret } from '../../foundation/secret.ts';

/** What the operator lets settings refer to. */
export interface SecretSources {
  /** Variables whose names start with `SLUICE_SECRET_`. */
  readonly variables: ReadonlyMap<string, Secret>;
  /** The folder that holds a folder for each organization; undefined where files cannot be referred to. */
  readonly directory: string | undefined;
}

/** The largest secret in a file, in bytes. */
const MAX_FILE_BYTES = 65_536;
const VARIABLE = /^SLUICE_SECRET_(.+)__([A-Z0-9]+(?:_[A-Z0-9]+)*)$/;

/** Looks up what stored settings refer to, each time it is used: a rotated file is read anew. */
export class SecretReferences {
  readonly #sources: SecretSources;

  constructor(sources: SecretSources) {
    this.#sources = sources;
  }

  /** The secret that a setting stands for: itself, or what it refers to. The reason why not repeats no secret. */
  async resolve(setting: Secret, organizationSlug: string): Promise<Result<Secret, string>> {
    const text = setting.reveal();
    if (text.startsWith('env:')) return this.#resolveVariable(text.slice('env:'.length), organizationSlug);
    if (text.startsWith('file:')) return this.#resolveFile(text.slice('file:'.length), organizationSlug);
    return ok(setting);
  }

  #resolveVariable(name: string, organizationSlug: string): Result<Secret, string> {
    const prefix = organizationSlug.toUpperCase().replaceAll('-', '_');
    const owner = VARIABLE.exec(name)?.[1];
    if (owner !== prefix) return err(`env: can name variables that start with SLUICE_SECRET_${prefix}__ only`);
    const value = this.#sources.variables.get(name);
    return value === undefined ? err(`the control plane has no variable ${name}; the operator has to set it`) : ok(value);
  }

  async #resolveFile(name: string, organizationSlug: string): Promise<Result<Secret, string>> {
    if (this.#sources.directory === undefined) return err('files cannot be referred to until the operator sets SLUICE_SECRETS_DIR');
    const folder = path.resolve(this.#sources.directory, organizationSlug);
    const missing = err(`there is no readable file of this name in ${folder}; the operator has to put it there`);
    try {
      // What a link points to counts, or a link in the folder would open everything.
      const target = await realpath(path.resolve(folder, name));
      if (!target.startsWith((await realpath(folder)) + path.sep)) return missing;
      return await readSecret(target);
    } catch {
      return missing; // why it cannot be read would tell which files there are elsewhere
    }
  }
}

async function readSecret(file: string): Promise<Result<Secret, string>> {
  const handle = await open(file, 'r');
  try {
    if ((await handle.stat()).size > MAX_FILE_BYTES) return err(`the file is larger than ${MAX_FILE_BYTES} bytes`);
    return ok(new Secret((await handle.readFile('utf8')).replace(/\r?\n$/, '')));
  } finally {
    await handle.close();
  }
}

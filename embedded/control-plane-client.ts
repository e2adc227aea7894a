import { StartFault } from './start-fault.ts';

interface UserError {
  readonly code: string;
  readonly message: string;
}

interface Payload {
  readonly snapshotRevision?: number | null;
  readonly userErrors?: readonly UserError[];
}

interface Answer {
  readonly data?: Readonly<Record<string, Payload | null>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Knows the control plane as any other program does: by its public GraphQL API. */
export class ControlPlaneClient {
  readonly #url: string;
  readonly #key: string;
  /** The newest revision that a change answered with. */
  revision = 0;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /**
   * Runs an operation with one root field and returns what that answers.
   * @param accepted codes of user errors that say that the wished state holds already.
   * @throws {StartFault} where the request or the change is refused.
   */
  async run<Value>(document: string, variables: Readonly<Record<string, unknown>>, accepted: readonly string[] = []): Promise<Value> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#key}` },
      body: JSON.stringify({ query: document, variables }),
    });
    const { data, errors } = (await response.json()) as Answer;
    const [field] = Object.entries(data ?? {});
    if (errors !== undefined || field === undefined)
      throw refused('request', errors?.map((error) => error.message) ?? [`status ${response.status}`]);
    const [name, payload] = field;
    const faults = (payload?.userErrors ?? []).filter((error) => !accepted.includes(error.code));
    if (faults.length > 0) throw refused(name, faults.map((error) => error.message)); // prettier-ignore
    this.revision = Math.max(this.revision, payload?.snapshotRevision ?? 0);
    return payload as Value;
  }
}

function refused(what: string, messages: readonly string[]): StartFault {
  return new StartFault(`The control plane refused what the first start needs (${what}): ${messages.join(' ')}`);
}

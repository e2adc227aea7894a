import { request } from 'undici';

interface UserError {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
}

interface Payload {
  readonly snapshotRevision?: number | null;
  readonly userErrors?: readonly UserError[];
}

type Root = Readonly<Record<string, unknown>>;

/** A client of the control plane's GraphQL API that takes any refusal for a failure of the test's set-up. */
export class ApiClient {
  readonly #url: string;
  readonly #key: string;
  /** The newest revision that a mutation answered with. */
  revision = 0;

  constructor(controlPlaneUrl: string, key: string) {
    this.#url = `${controlPlaneUrl}/graphql`;
    this.#key = key;
  }

  /** Runs an operation whose only root field is `field`, and returns what that field answers. */
  async run<Answer>(document: string, variables: Root, field: string): Promise<Answer> {
    const answer = await request(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#key}` },
      body: JSON.stringify({ query: document, variables }),
    });
    const body = (await answer.body.json()) as { data?: Readonly<Record<string, Payload | null>> | null; errors?: readonly unknown[] };
    const result = body.data?.[field];
    if (body.errors !== undefined || result === undefined) throw new Error(`${field} failed: ${JSON.stringify(body.errors ?? body)}`);
    if (result?.userErrors !== undefined && result.userErrors.length > 0)
      throw new Error(`${field} was refused: ${JSON.stringify(result.userErrors)}`);
    this.revision = Math.max(this.revision, result?.snapshotRevision ?? 0);
    return result as Answer;
  }
}

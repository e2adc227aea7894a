import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPlaneToken } from '../../contract/plane-token.ts';
import { sealSecret } from '../../contract/sealed-secret.ts';
import { UPSTREAM_TOKEN_PATH, UpstreamTokenQuestionSchema, upstreamTokenOwner } from '../../contract/upstream-token.ts';
import { testKeyRing } from './test-snapshot.ts';

/** A control plane, as far as data planes ask it for tokens, of one connection whose token rotates. */
export class TestControlPlane {
  /** Questions that did not prove where they come from. */
  forged = 0;
  questions = 0;
  /** What the questions said of the traces that they belong to. */
  readonly traceparents: (string | undefined)[] = [];
  refreshes = 0;
  serial = 1;
  /** Called when a refresh has begun; it goes on when what it returns settles. */
  onRefresh: () => Promise<unknown> = () => Promise.resolve();
  readonly #keyRing = testKeyRing();
  #port = 0;
  #server: Server | undefined;
  #refresh: Promise<void> | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get accessToken(): string {
    return `token-${this.serial}`;
  }

  /** Listens, after a kill at the same port. */
  async start(): Promise<void> {
    const server = createServer((request, answer) => {
      void this.#answer(request).then(({ status, body }) => answer.writeHead(status).end(JSON.stringify(body)));
    });
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** As if the process were killed: whoever waits for an answer finds the connection closed. */
  kill(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    const body = Buffer.concat(await request.toArray()).toString();
    const asked = { method: request.method!, path: request.url!, body };
    const isProven = isPlaneToken(this.#keyRing, String(request.headers.authorization), asked, Date.now());
    if (!isProven || request.url !== UPSTREAM_TOKEN_PATH) {
      this.forged++;
      return { status: 401, body: {} };
    }
    this.questions++;
    this.traceparents.push(request.headers['traceparent']?.toString());
    const { connectionId, refusedSerial } = UpstreamTokenQuestionSchema.parse(JSON.parse(body));
    if (refusedSerial === this.serial) await (this.#refresh ??= this.#rotate());
    const token = { accessToken: this.accessToken, serial: this.serial, epoch: 0, expiresAtMs: Date.now() + 3_600_000 };
    const sealedToken = sealSecret(this.#keyRing, upstreamTokenOwner(connectionId), JSON.stringify(token));
    return { status: 200, body: { outcome: 'token', sealedToken } };
  }

  async #rotate(): Promise<void> {
    this.refreshes++;
    await this.onRefresh();
    this.serial++;
    this.#refresh = undefined;
  }
}

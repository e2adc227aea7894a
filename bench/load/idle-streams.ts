import { connect, type Socket } from 'node:net';

/** How many streams are opened at the same time. */
const OPENING = 64;

/** Streams opened by GET, held by the harness. */
export class IdleStreams {
  readonly #port: number;
  readonly #sockets: Socket[] = [];
  #received = 0;
  #onReceived: (() => void) | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** Opens a stream with each request. Rejects where one is refused. */
  async open(requests: readonly Buffer[]): Promise<void> {
    let next = 0;
    const work = async () => {
      for (let index = next++; index < requests.length; index = next++) await this.#openOne(requests[index]!);
    };
    await Promise.all(Array.from({ length: OPENING }, work));
  }

  /** Resolves when every stream has received one more event. */
  receiveOnAll(): Promise<void> {
    this.#received = 0;
    return new Promise((resolve) => {
      this.#onReceived = () => {
        if (this.#received === this.#sockets.length) resolve();
      };
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #openOne(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true }, () => socket.write(request));
      let isOpen = false;
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('A stream was closed.')));
      socket.on('data', (data: Buffer) => {
        const text = data.toString('latin1');
        if (!isOpen && !text.startsWith('HTTP/1.1 200')) return reject(new Error(`A stream was refused: ${text.slice(0, 200)}`));
        if (!isOpen) {
          isOpen = true;
          this.#sockets.push(socket);
          resolve();
        }
        if (text.includes('list_changed')) this.#noteEvent();
      });
    });
  }

  #noteEvent(): void {
    this.#received++;
    this.#onReceived?.();
  }
}

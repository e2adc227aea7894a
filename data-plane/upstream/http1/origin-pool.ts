import { errors, type buildConnector, type Dispatcher } from 'undici';
import { Connection, type ConnectionOwner } from './connection.ts';
import { PendingRequest, type UpstreamCall } from './pending-request.ts';

/** Connections to one origin: as many as there are requests at a time. The one that was used last is used first. */
export class OriginPool implements ConnectionOwner {
  readonly #connect: buildConnector.connector;
  readonly #address: buildConnector.Options;
  readonly #all: Connection[] = [];
  readonly #free: Connection[] = [];
  #isClosing = false;
  #isClosed = false;

  /** @param connect opens a connection, or says why there may be none. */
  constructor(origin: string, connect: buildConnector.connector) {
    const { host, hostname, port, protocol } = new URL(origin);
    this.#connect = connect;
    this.#address = { host, hostname: hostname.replace(/^\[|\]$/g, ''), port, protocol };
  }

  /** Sends a request on a connection that is free, or on one that is opened for it. */
  dispatch(call: UpstreamCall, handler: Dispatcher.DispatchHandler): void {
    const request = new PendingRequest(call, handler);
    if (this.#isClosed) return request.fail(new errors.ClientDestroyedError());
    const connection = this.#takeFree();
    if (connection === undefined) this.#open(request);
    else connection.send(request);
  }

  onFree(connection: Connection): void {
    if (this.#isClosing) connection.close();
    else this.#free.push(connection);
  }

  onGone(connection: Connection): void {
    const last = this.#all.pop();
    if (last !== undefined && last !== connection) {
      this.#all[connection.place] = last;
      last.place = connection.place;
    }
    const position = this.#free.indexOf(connection);
    if (position >= 0) this.#free.splice(position, 1);
  }

  /** Closes connections that have been free for too long. */
  sweep(nowMs: number): void {
    for (const connection of this.#free.filter((candidate) => !candidate.isFree(nowMs))) connection.close();
  }

  /** Closes every connection once it is free. */
  close(): void {
    this.#isClosing = true;
    for (const connection of this.#free) connection.close();
  }

  /** Ends every connection. Requests still under way fail. */
  destroy(): void {
    this.#isClosing = true;
    this.#isClosed = true;
    for (const connection of this.#all) connection.close();
  }

  #takeFree(): Connection | undefined {
    const nowMs = Date.now();
    for (let connection = this.#free.pop(); connection !== undefined; connection = this.#free.pop()) {
      if (connection.isFree(nowMs)) return connection;
      connection.close();
    }
    return undefined;
  }

  #open(request: PendingRequest): void {
    this.#connect(this.#address, (error, socket) => {
      if (error !== null) return request.fail(error);
      if (this.#isClosed) {
        socket.destroy();
        return request.fail(new errors.ClientDestroyedError());
      }
      const connection = new Connection(socket, this.#address.host!, this);
      connection.place = this.#all.push(connection) - 1;
      connection.send(request);
    });
  }
}

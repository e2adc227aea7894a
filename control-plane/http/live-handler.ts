// Subscriptions over server-sent events: GraphQL over SSE, "distinct connections mode" (https://github.com/enisdenjo/graphql-sse, PROTOCOL.md).
// One request is one stream. It is written no faster than the client reads, so that a slow client costs a bounded queue and nothing more.
import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Request } from 'express';
import { createSourceEventStream, execute, GraphQLError, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Logger } from '../../foundation/logger.ts';
import type { AccessError } from '../api/access-error.ts';
import type { ApiContext } from '../api/context.ts';
import type { LiveSources } from '../api/live.ts';
import { Loaders } from '../api/loaders.ts';
import { toActorName, type Access } from '../authorization/index.ts';
import type { RequestAuthenticator } from './authenticate-request.ts';
import { makeErrorFormatter } from './format-error.ts';
import { parseLiveRequest } from './live-request.ts';
import type { AskedOperation } from './query-limits.ts';

/** What subscriptions are served with. */
export interface LiveHandlerParts {
  readonly schema: GraphQLSchema;
  readonly em: EntityManager;
  readonly authenticator: RequestAuthenticator;
  readonly sources: LiveSources;
  readonly logger: Logger;
  /** Called back whenever somebody's rights may have changed. @returns what ends it. */
  readonly watchRights: (onChange: () => void) => () => void;
}

/** Streams that one caller has open at a time. A browser's tab needs two or three. */
const MAX_PER_CALLER = 20;
/** Streams of a process. */
const MAX_STREAMS = 1_000;
/** A comment, so that no proxy takes the stream for dead. */
const HEARTBEAT_MS = 12_000;
/** How long a lost right may be used at most where no notification came through: a key expired, or a session ended. */
const RECHECK_MS = 15_000;
/** Whoever has read nothing for so long is gone. */
const STALL_MS = 30_000;

/** Serves subscriptions. */
export class LiveHandler {
  readonly #parts: LiveHandlerParts;
  readonly #open = new Map<string, number>();
  readonly #ends = new Set<AbortController>();
  readonly #format: ReturnType<typeof makeErrorFormatter>;

  constructor(parts: LiveHandlerParts) {
    this.#parts = parts;
    this.#format = makeErrorFormatter(parts.logger);
  }

  async handle(req: Request, res: ServerResponse): Promise<void> {
    if (req.method !== 'POST') return refuse(res, 405, 'BAD_REQUEST', 'Subscriptions are sent as a POST.', { allow: 'POST' });
    if (!/text\/event-stream|\*\/\*/.test(req.headers.accept ?? '*/*'))
      return refuse(res, 406, 'BAD_REQUEST', 'Subscriptions are answered as text/event-stream.');
    const access = await this.#authenticate(req);
    if (access.actor.kind === 'anonymous') return refuse(res, 401, 'UNAUTHENTICATED', 'Sign in, or send an API key.');
    const caller = toActorName(access.actor);
    const count = this.#open.get(caller) ?? 0;
    if (count >= MAX_PER_CALLER || this.#ends.size >= MAX_STREAMS)
      return refuse(res, 429, 'RATE_LIMITED', `A caller has at most ${MAX_PER_CALLER} subscriptions at a time.`, { 'retry-after': '5' });
    const end = new AbortController();
    this.#open.set(caller, count + 1);
    this.#ends.add(end);
    try {
      await this.#serve(req, res, access, end);
    } finally {
      end.abort();
      this.#ends.delete(end);
      const left = (this.#open.get(caller) ?? 1) - 1;
      if (left === 0) this.#open.delete(caller);
      else this.#open.set(caller, left);
    }
  }

  /** Ends all streams; clients connect again, to another process. */
  stop(): void {
    for (const end of this.#ends) end.abort();
  }

  async #serve(req: Request, res: ServerResponse, access: Access, end: AbortController): Promise<void> {
    const stream = new EventStream(res, end);
    const asked = parseLiveRequest(this.#parts.schema, req.body);
    if (!asked.ok) return stream.finish({ errors: asked.error.map((fault) => toFault(fault)) });
    const isWatched = this.#watch(req, access, end);
    try {
      const source = await this.#subscribe(asked.value, access, end.signal);
      if (!(Symbol.asyncIterator in source)) return await stream.finish(this.#toResult(source));
      stream.open();
      for await (const event of source) {
        const { document, operationName, variables } = asked.value;
        const contextValue = this.#makeContext(access, end.signal);
        const schema = this.#parts.schema;
        const result = await execute({ schema, document, operationName, variableValues: variables, contextValue, rootValue: event });
        if (end.signal.aborted || !(await stream.send(this.#toResult(result)))) break;
      }
    } catch (cause) {
      // The parts of a subscription that run before its first event refuse by throwing, like those of a query.
      const error = cause instanceof GraphQLError ? cause : new GraphQLError('', { originalError: cause as Error });
      await stream.finish(this.#toResult({ errors: [error] }));
    } finally {
      isWatched();
      stream.close();
    }
  }

  #subscribe({ document, operationName, variables }: AskedOperation, access: Access, signal: AbortSignal) {
    const contextValue = this.#makeContext(access, signal);
    return createSourceEventStream({ schema: this.#parts.schema, document, operationName, variableValues: variables, contextValue });
  }

  /** Each event is read with entities of its own, so that nothing is shown as it was when the stream began. */
  #makeContext(access: Access, signal: AbortSignal): ApiContext {
    const em = this.#parts.em.fork();
    return { em, access, loaders: new Loaders(em), live: { sources: this.#parts.sources, signal } };
  }

  /**
   * Ends the stream when what the caller may do is not what it was: the client connects again, and is decided about anew. What was lost
   * is noticed at once where it was taken by a mutation, and within seconds where it ran out.
   */
  #watch(req: Request, access: Access, end: AbortController): () => void {
    const known = toRights(access);
    const check = async (): Promise<void> => {
      const current = await this.#authenticate(req);
      if (toRights(current) !== known) end.abort();
    };
    const onChange = (): void => {
      check().catch((cause: unknown) => {
        this.#parts.logger.warn({ event: 'live_recheck_failed', err: cause }, 'a subscription ends whose caller could not be checked');
        end.abort();
      });
    };
    const timer = setInterval(onChange, RECHECK_MS);
    const unwatch = this.#parts.watchRights(onChange);
    return () => {
      clearInterval(timer);
      unwatch();
    };
  }

  #authenticate(req: Request): Promise<Access> {
    return this.#parts.authenticator.authenticate(this.#parts.em.fork(), req);
  }

  #toResult({ data, errors }: ExecutionResult): ExecutionResult {
    if (errors === undefined) return { data };
    const formatted = errors.map((error) => this.#format(error.toJSON(), error));
    return { data, errors: formatted as unknown as readonly GraphQLError[] };
  }
}

/** An answer that is being streamed. */
class EventStream {
  readonly #res: ServerResponse;
  readonly #end: AbortController;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(res: ServerResponse, end: AbortController) {
    this.#res = res;
    this.#end = end;
    res.once('close', () => end.abort());
    end.signal.addEventListener('abort', () => this.close(), { once: true });
    this.#heartbeat = setInterval(() => void (!res.headersSent || res.writableNeedDrain || res.write(':\n\n')), HEARTBEAT_MS);
  }

  /** From now on, what happens is sent: a client that has the head misses nothing. */
  open(): void {
    if (this.#res.headersSent || this.#res.writableEnded) return;
    this.#res.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    this.#res.write(':\n\n'); // some browsers take no notice of a head alone
  }

  /** Sends one result, once the client has read what was sent before. @returns whether it still reads. */
  async send(result: ExecutionResult): Promise<boolean> {
    this.open();
    if (this.#res.writableEnded) return false;
    if (this.#res.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`)) return true;
    return this.#untilDrained();
  }

  /** The last result: nothing more will come, and the client need not try again. */
  async finish(result: ExecutionResult): Promise<void> {
    await this.send(result);
    if (!this.#res.writableEnded) this.#res.end('event: complete\ndata:\n\n');
  }

  /** Without a word: the client connects again. */
  close(): void {
    clearInterval(this.#heartbeat);
    if (!this.#res.writableEnded) this.#res.end();
  }

  #untilDrained(): Promise<boolean> {
    if (this.#end.signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isReading: boolean) => () => {
        clearTimeout(timer);
        this.#res.off('drain', onDrain);
        this.#end.signal.removeEventListener('abort', onAbort);
        resolve(isReading);
      };
      const [onDrain, onAbort] = [settle(true), settle(false)];
      const timer = setTimeout(() => {
        this.#res.destroy();
        onAbort();
      }, STALL_MS);
      this.#res.once('drain', onDrain);
      this.#end.signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** What a caller may do, so that two can be compared. */
function toRights({ actor, organizationRoles, workspaceSeats }: Access): string {
  return JSON.stringify([actor, [...organizationRoles], [...workspaceSeats]]);
}

function toFault({ message, locations }: GraphQLError): GraphQLError {
  return { message, locations, extensions: { code: 'BAD_REQUEST' } } as unknown as GraphQLError;
}

function refuse(
  res: ServerResponse,
  status: number,
  code: AccessError['code'],
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  res.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

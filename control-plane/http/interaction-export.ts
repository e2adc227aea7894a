// Trust boundary: the log of interactions as a file. The same callers, roles, scopes and filters as for the query `interactions`. It is read
// in pages and no faster than the client takes them, so that an export of everything needs no more memory than one page.
import { once } from 'node:events';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Request, Response } from 'express';
import { coerceInputValue, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import type { Logger } from '../../foundation/logger.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { AccessError } from '../api/access-error.ts';
import { toActorName } from '../authorization/index.ts';
import type { InteractionFilter } from '../interactions/index.ts';
import { recordExport, streamInteractions, toQuestion } from '../interactions/index.ts';
import type { RequestAuthenticator } from './authenticate-request.ts';

/** What exports are served with. */
export interface InteractionExportParts {
  readonly schema: GraphQLSchema;
  readonly em: EntityManager;
  readonly authenticator: RequestAuthenticator;
  readonly logger: Logger;
  /** How long a client may take for a page, in milliseconds. */
  readonly stallMs?: number;
}

/** Exports that one caller has at a time: whoever reads slowly keeps only themselves waiting. */
const MAX_PER_CALLER = 2;
/** Exports that a process serves at a time. Each holds a page in memory, and a connection to PostgreSQL only while it reads the next. */
const MAX_EXPORTS = 20;
/** Whoever does not take a page (1,000 interactions) within that time is cut off. */
const STALL_MS = 60_000;

const BodySchema = z.object({ organizationId: z.string().nullable(), filter: z.unknown().optional() });

/** Serves the log as NDJSON: an interaction a line, newest first, with the fields of the type `Interaction`. */
export class InteractionExport {
  readonly #parts: InteractionExportParts;
  /** Who takes each of them. */
  readonly #open = new Map<AbortController, string>();

  constructor(parts: InteractionExportParts) {
    this.#parts = parts;
  }

  async handle(req: Request, res: Response): Promise<void> {
    if (req.method !== 'POST') return refuse(res.setHeader('allow', 'POST'), 405, 'BAD_REQUEST', 'Exports are asked for by a POST.');
    const em = this.#parts.em.fork();
    const access = await this.#parts.authenticator.authenticate(em, req);
    const asked = this.#parse(req.body);
    if (!asked.ok) return refuse(res, 400, 'BAD_REQUEST', asked.error);
    const end = new AbortController();
    res.once('close', () => end.abort());
    try {
      const { organizationId, filter } = asked.value;
      const question = toQuestion(access, organizationId, filter);
      const caller = toActorName(access.actor);
      const crowd = this.#findCrowd(caller);
      if (crowd !== undefined) return refuse(res.setHeader('retry-after', '10'), 429, 'RATE_LIMITED', crowd);
      this.#open.set(end, caller);
      if (question.scopes.length > 0) await recordExport(em, organizationId);
      res.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' });
      for await (const page of streamInteractions(em, question)) {
        const text = page.map((interaction) => `${JSON.stringify(interaction)}\n`).join('');
        if (!res.write(text)) await once(res, 'drain', { signal: this.#untilStalled(end.signal) });
        if (end.signal.aborted) return void res.destroy();
      }
      res.end();
    } catch (cause) {
      this.#fail(res, cause, end.signal.aborted);
    } finally {
      this.#open.delete(end);
    }
  }

  /** Ends all exports. A file that was cut off ends without the end of its last chunk, so that nobody takes it for whole. */
  stop(): void {
    for (const end of this.#open.keys()) end.abort();
  }

  /** Why there is no room for one more, in words for whoever asks; undefined where there is. */
  #findCrowd(caller: string): string | undefined {
    if (this.#open.size >= MAX_EXPORTS) return 'Too many exports at a time.';
    const own = [...this.#open.values()].filter((other) => other === caller).length;
    return own >= MAX_PER_CALLER ? `A caller has at most ${MAX_PER_CALLER} exports at a time.` : undefined;
  }

  #untilStalled(end: AbortSignal): AbortSignal {
    return AbortSignal.any([end, AbortSignal.timeout(this.#parts.stallMs ?? STALL_MS)]);
  }

  #parse(body: unknown): Result<{ readonly organizationId: string | null; readonly filter: InteractionFilter }, string> {
    const parsed = BodySchema.safeParse(body);
    if (!parsed.success) return err('The body is {"organizationId": …, "filter": …}; the filter is an InteractionFilter of the API.');
    const faults: string[] = [];
    const type = this.#parts.schema.getType('InteractionFilter') as GraphQLInputType;
    const filter = coerceInputValue(parsed.data.filter ?? {}, type, (path, _value, error) => {
      faults.push(`filter.${path.join('.')}: ${error.message}`);
    }) as InteractionFilter;
    return faults.length > 0 ? err(faults.join(' ')) : ok({ organizationId: parsed.data.organizationId, filter });
  }

  #fail(res: Response, cause: unknown, hasClientLeft: boolean): void {
    if (!res.headersSent && cause instanceof AccessError)
      return refuse(res, cause.code === 'UNAUTHENTICATED' ? 401 : cause.code === 'FORBIDDEN' ? 403 : 400, cause.code, cause.message);
    if (!hasClientLeft) this.#parts.logger.warn({ event: 'export_failed', err: cause }, 'an export broke off');
    res.destroy();
  }
}

function refuse(res: Response, status: number, code: AccessError['code'], message: string): void {
  res.status(status).json({ errors: [{ message, extensions: { code } }] });
}

import { createServer, type Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import type { EntityManager } from '@mikro-orm/postgresql';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '../../foundation/logger.ts';
import type { ApiContext } from '../api/context.ts';
import type { LiveSources } from '../api/live.ts';
import { Loaders } from '../api/loaders.ts';
import type { WorkObserver } from '../telemetry/index.ts';
import { runRequest } from '../database/change-origin.ts';
import type { RequestAuthenticator } from './authenticate-request.ts';
import { makeErrorFormatter } from './format-error.ts';
import { IconHandler } from './icon-handler.ts';
import { InteractionExport } from './interaction-export.ts';
import { LiveHandler } from './live-handler.ts';
import { neverCached } from './never-cached.ts';
import { limitCost, limitPlugins, MAX_REQUEST_BODY, validationRules } from './query-limits.ts';
import { observeOperations } from './observe-operations.ts';
import { refuseNul } from './refuse-nul.ts';

/** What the listener serves. */
export interface ApiServerOptions {
  readonly schema: GraphQLSchema;
  readonly em: EntityManager;
  readonly authenticator: RequestAuthenticator;
  /** What subscriptions follow. */
  readonly sources: LiveSources;
  /** Calls back whenever somebody's rights may have changed; returns what ends it. */
  readonly watchRights: (onChange: () => void) => () => void;
  readonly introspection: boolean;
  /** Why the process should get no requests; undefined while it should. */
  readonly findUnreadiness: () => Promise<string | undefined>;
  /** What else an operator sees in `/readyz`, which anybody may read. */
  readonly describeState: () => Readonly<Record<string, string>>;
  /** Proxies whose word for where a request comes from is taken, as Express names them. */
  readonly trustedProxies: readonly string[];
  /** What else is served on this origin: pages, the authorization server. Asked in order, after the API and the probes. */
  readonly handlers: readonly RequestHandler[];
  readonly observer: WorkObserver;
  readonly logger: Logger;
}

/** The listener of the control plane: GraphQL and the probes. */
export class ApiServer {
  readonly #options: ApiServerOptions;
  readonly #app: Express = express();
  readonly #server: Server = createServer(this.#app);
  readonly #apollo: ApolloServer<ApiContext>;
  readonly #live: LiveHandler;
  readonly #exports: InteractionExport;
  readonly #icons: IconHandler;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#live = new LiveHandler(options);
    this.#exports = new InteractionExport(options);
    this.#icons = new IconHandler(options);
    this.#apollo = new ApolloServer<ApiContext>({
      schema: options.schema,
      introspection: options.introspection,
      includeStacktraceInErrorResponses: false,
      allowBatchedHttpRequests: false,
      stopOnTerminationSignals: false, // our own handler stops everything in order
      formatError: makeErrorFormatter(options.logger),
      validationRules,
      plugins: toApiPlugins([
        ...limitPlugins,
        limitCost(options.schema),
        refuseNul,
        observeOperations(options.observer),
        ApolloServerPluginDrainHttpServer({ httpServer: this.#server, stopGracePeriodMillis: 10_000 }),
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginCacheControlDisabled(),
        neverCached,
      ]),
    });
  }

  /** Starts to listen and returns the port, which the operating system chose if 0 was asked for. */
  async listen(host: string, port: number): Promise<number> {
    await this.#apollo.start();
    this.#mount();
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no new request and lets those under way finish. */
  stop(): Promise<void> {
    this.#live.stop();
    this.#exports.stop();
    return this.#apollo.stop();
  }

  #mount(): void {
    const { em, authenticator, findUnreadiness, describeState, trustedProxies, logger } = this.#options;
    this.#app.disable('x-powered-by');
    this.#app.set('trust proxy', [...trustedProxies]);
    this.#app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
    this.#app.get('/readyz', async (_req, res) => {
      const reason = await findUnreadiness();
      res
        .status(reason === undefined ? 200 : 503)
        .json({ status: reason === undefined ? 'ready' : 'not ready', reason, ...describeState() });
    });
    this.#app.use((req, _res, next) => runRequest(req.ip ?? null, next));
    this.#app.get('/icons/:serverId/:hash', (req, res) => this.#icons.handle(req, res));
    this.#app.use('/interactions/export', express.json({ limit: MAX_REQUEST_BODY }), (req, res) => this.#exports.handle(req, res));
    this.#app.use('/graphql/stream', express.json({ limit: MAX_REQUEST_BODY }), (req, res) => this.#live.handle(req, res));
    this.#app.use(
      '/graphql',
      express.json({ limit: MAX_REQUEST_BODY }),
      expressMiddleware(this.#apollo, {
        context: async ({ req }) => {
          const reads = em.fork();
          return { em: reads, access: await authenticator.authenticate(reads, req), loaders: new Loaders(reads) };
        },
      }),
    );
    for (const handler of this.#options.handlers) this.#app.use(handler);
    this.#app.use((_req, res) => void res.status(404).json({ errors: [{ message: 'Not found. The API is at /graphql.' }] }));
    this.#app.use(answerTransportFault(logger));
  }
}

/** Apollo's plugins are typed against its CommonJS build, whose classes TypeScript takes for others than those of the ESM build. */
function toApiPlugins(plugins: readonly unknown[]): ApolloServerPlugin<ApiContext>[] {
  return plugins as ApolloServerPlugin<ApiContext>[];
}

/** Bodies that are too large or not JSON. Express marks errors that the client caused with a status below 500. */
function answerTransportFault(logger: Logger): ErrorRequestHandler {
  return (error: { status?: number; message?: string }, _req, res, _next) => {
    const status = error.status ?? 500;
    if (status >= 500) logger.error({ event: 'bug', err: error });
    const message =
      status === 413
        ? `The request is larger than ${MAX_REQUEST_BODY}.`
        : status < 500
          ? 'The request is not valid JSON.'
          : 'Internal error.';
    res.status(status).json({ errors: [{ message, extensions: { code: status < 500 ? 'BAD_REQUEST' : 'INTERNAL' } }] });
  };
}

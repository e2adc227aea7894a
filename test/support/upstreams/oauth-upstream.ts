import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pass } from '../pass-through.ts';
import { startFixtureServer, type Eras } from './fixture-server.ts';
import {
  startAuthorizationServer,
  UPSTREAM_SCOPES,
  type AuthorizationServer,
  type AuthorizationServerOptions,
} from './oauth-authorization-server.ts';

export interface OAuthUpstreamOptions extends AuthorizationServerOptions {
  readonly eras?: Eras;
  /** Whether a request without a token is told where the metadata is, or clients have to look in the well-known place. Default told. */
  readonly challenge?: 'complete' | 'bare';
  /** Whether `initialize` needs no token, and only what the server offers does. Default it does. */
  readonly greeting?: 'open' | 'protected';
}

/** A request that reached the MCP server. */
export interface ProtectedRequest {
  readonly method: string;
  /** What came in `authorization`, without the scheme. */
  readonly token: string | undefined;
  /** Whose token it is; undefined where it was refused. */
  readonly account: string | undefined;
}

export interface OAuthUpstream {
  /** The MCP endpoint. */
  readonly url: string;
  readonly authorizationServer: AuthorizationServer;
  /** Every request so far, in order. */
  readonly requests: readonly ProtectedRequest[];
  close(): Promise<void>;
}

const METADATA_PATH = '/.well-known/oauth-protected-resource/mcp';

/** The fixture server behind an authorization server of its own (RFC 9728, RFC 8707, RFC 9207). */
export async function startOAuthUpstream(options: OAuthUpstreamOptions = {}): Promise<OAuthUpstream> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${origin}/mcp`;
  const fixture = await startFixtureServer({ eras: options.eras });
  const authorizationServer = await startAuthorizationServer(url, options);
  const requests: ProtectedRequest[] = [];
  const metadata = { resource: url, authorization_servers: [authorizationServer.issuer], scopes_supported: UPSTREAM_SCOPES };
  const challenge =
    options.challenge === 'bare' ? 'Bearer' : `Bearer resource_metadata="${origin}${METADATA_PATH}", scope="${UPSTREAM_SCOPES.join(' ')}"`;
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === METADATA_PATH) {
      return void res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
    }
    if (req.url?.split('?', 1)[0] !== '/mcp') return void res.writeHead(404).end();
    const token = /^bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    const account = token === undefined ? undefined : await authorizationServer.findAccount(token, url);
    requests.push({ method: req.method ?? '', token, account });
    const isGreeting = options.greeting === 'open' && req.method === 'POST' && req.headers['mcp-session-id'] === undefined;
    if (account !== undefined || isGreeting) return pass(req, res, { origin: new URL(fixture.url).origin, headers: req.rawHeaders });
    res.writeHead(401, {
      'www-authenticate': token === undefined ? challenge : `${challenge}${challenge === 'Bearer' ? ' ' : ', '}error="invalid_token"`,
    });
    res.end();
  };
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    serve(req, res).catch((cause: unknown) => res.destroy(cause instanceof Error ? cause : new Error(String(cause))));
  });
  return {
    url,
    authorizationServer,
    requests,
    close: async () => {
      await Promise.all([fixture.close(), authorizationServer.close()]);
      server.close();
      server.closeAllConnections();
    },
  };
}

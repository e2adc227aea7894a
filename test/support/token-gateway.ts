import type { SnapshotDocument } from '../../contract/snapshot.ts';
import { GATEWAY_URL, startBridgeGateway, type BridgeGateway, type BridgeGatewayOptions } from './bridge-gateway.ts';
import { sendMcp, type McpAnswer, type McpRequest } from './mcp-request.ts';
import { workspaceDocument } from './test-snapshot.ts';
import { accessTokenClaims, authorizationServerDocument, consentsDocument, createTokenIssuer, type TokenIssuer } from './token-issuer.ts';
import { stubMcpServer, type StubMcpServer } from './upstreams/stub-mcp-server.ts';

/** A gateway that accepts access tokens, in front of two servers (`docs`, `mail`) and two workspaces (`test`, `other`) of the same person. */
export interface TokenGateway {
  readonly gateway: BridgeGateway;
  readonly stub: StubMcpServer;
  readonly issuer: TokenIssuer;
  /** A token for `test/docs`, or as changed. */
  sign(changes?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Sends a ping, or what is given, to a place like `test/docs`. */
  send(token: string, place?: string, request?: McpRequest): Promise<McpAnswer>;
  /** From here on these stand in place of the documents that were given at the start. */
  publish(documents: readonly SnapshotDocument[]): void;
  close(): Promise<void>;
}

export async function startTokenGateway(options: Partial<BridgeGatewayOptions> = {}): Promise<TokenGateway> {
  const [stub, issuer] = await Promise.all([stubMcpServer(), createTokenIssuer()]);
  const members = [{ userId: 'usr_1', role: 'MEMBER' }];
  const documents = [
    authorizationServerDocument(issuer),
    consentsDocument('ws_test', 'usr_1', ['consent_1']),
    workspaceDocument('other', ['docs'], { members }),
  ];
  const servers = { docs: { upstreamUrl: stub.url }, mail: { upstreamUrl: stub.url }, ...options.servers };
  const gateway = await startBridgeGateway({ ...options, servers, documents: [...documents, ...(options.documents ?? [])] });
  const [process] = gateway.processes;
  return {
    gateway,
    stub,
    issuer,
    publish: (changed) => gateway.publish({ servers, documents: [...documents, ...changed] }),
    sign: (changes = {}, header = {}) => issuer.sign(accessTokenClaims(GATEWAY_URL, 'test', 'docs', changes), header),
    send: (token, place = 'test/docs', request = { body: { jsonrpc: '2.0', id: 1, method: 'ping' } }) =>
      sendMcp(process!.url('docs').replace('/test/docs/', `/${place}/`), { key: token, ...request }),
    close: async () => void (await Promise.all([gateway.close(), stub.close()])),
  };
}

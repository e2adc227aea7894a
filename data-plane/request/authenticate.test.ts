import type { IncomingMessage } from 'node:http';
import type { JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateApiKey } from '../../contract/api-key.ts';
import type { OrganizationDocument, SnapshotDocument, TrustedIssuer, WorkspaceDocument } from '../../contract/snapshot.ts';
import { routingTableOf } from '../../test/support/routing-table.ts';
import { serverDocument, workspaceDocument } from '../../test/support/test-snapshot.ts';
import {
  accessTokenClaims,
  authorizationServerDocument,
  consentsDocument,
  createTokenIssuer,
  type TokenIssuer,
} from '../../test/support/token-issuer.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import { Authenticator } from './authenticate.ts';

const GATEWAY_URL = 'https://gw.example.com';
const NOW = Date.now();
const key = generateApiKey();

let own: TokenIssuer;
let provider: TokenIssuer;

beforeAll(async () => {
  [own, provider] = await Promise.all([createTokenIssuer(), createTokenIssuer({ issuer: 'https://idp.example.com', alg: 'RS256' })]);
});

interface World {
  readonly workspace?: Partial<WorkspaceDocument>;
  readonly consents?: readonly string[];
  readonly signers?: readonly TokenIssuer[];
  readonly trusted?: Partial<TrustedIssuer> | undefined;
}

function tableOf({ workspace = {}, consents = ['consent_1'], signers = [own], trusted = {} }: World = {}): RoutingTable {
  const apiKey = { id: 'key_1', lookup: key.lookup, hash: key.hash, kind: 'SERVICE' as const, scopes: ['MCP'] };
  const members = [{ userId: 'usr_1', role: 'MEMBER' }];
  const issuer: TrustedIssuer = {
    id: 'idp_1',
    issuer: provider.issuer,
    keys: [provider.publicKey],
    requiredClaims: {},
    userClaim: 'email',
    users: { 'ada@example.com': 'usr_1', 'bob@example.com': 'usr_2' },
    ...trusted,
  };
  const organization: OrganizationDocument = { kind: 'organization', id: 'org_1', trustedIssuers: [issuer] };
  const documents: SnapshotDocument[] = [
    workspaceDocument('acme', ['docs', 'mail'], { keys: [apiKey], members, ...workspace }),
    workspaceDocument('other', ['docs'], { members }),
    serverDocument('docs'),
    serverDocument('mail'),
    consentsDocument('ws_acme', 'usr_1', consents),
    organization,
    ...(signers.length === 0 ? [] : [authorizationServerDocument(...signers)]),
  ];
  return routingTableOf(documents);
}

function request(headers: Record<string, string>): IncomingMessage {
  return { headers } as unknown as IncomingMessage;
}

function enter(authenticator: Authenticator, token: string, table = tableOf(), place = 'acme/docs', nowMs = NOW) {
  const [workspace = '', server = ''] = place.split('/');
  const entrance = { table, workspace: table.findWorkspace(workspace), server };
  return authenticator.authenticate(entrance, request({ authorization: `Bearer ${token}` }), nowMs);
}

const ownToken = (changes: JWTPayload = {}, header = {}) => own.sign(accessTokenClaims(GATEWAY_URL, 'acme', 'docs', changes), header);
const trustedToken = (changes: JWTPayload = {}, header = {}) =>
  provider.sign({ sub: 'x', aud: `${GATEWAY_URL}/acme/docs/mcp`, email: 'ada@example.com', ...changes }, header);

const invalid = (fault: string) => ({ ok: false, error: { reason: 'token_invalid', fault } });

describe('what is sent', () => {
  it('may be a key in either header, and the key wins over a token beside it', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    const table = tableOf();
    const entrance = { table, workspace: table.findWorkspace('acme'), server: 'docs' };
    const ways: Record<string, string>[] = [
      { authorization: `Bearer ${key.plain}` },
      { authorization: `bearer ${key.plain}` },
      { 'x-sluice-api-key': key.plain, authorization: `Bearer ${await ownToken()}` },
    ];
    for (const headers of ways) {
      expect(await authenticator.authenticate(entrance, request(headers), NOW)).toMatchObject({ ok: true, value: { keyId: 'key_1' } });
    }
    expect(authenticator.authenticate(entrance, request({}), NOW)).toMatchObject({ error: { reason: 'credential_missing' } });
    expect(authenticator.authenticate(entrance, request({ authorization: 'Basic x' }), NOW)).toMatchObject({
      error: { reason: 'credential_missing' },
    });
  });
});

describe('an access token of ours', () => {
  it('makes its person the caller, with the client and the claims', async () => {
    const entered = await enter(new Authenticator(GATEWAY_URL), await ownToken({ groups: ['dev'] }));
    expect(entered).toMatchObject({
      ok: true,
      value: {
        kind: 'ACCESS_TOKEN',
        id: 'user:usr_1',
        subject: { kind: 'USER', userId: 'usr_1' },
        clientId: 'editor',
        consentId: 'consent_1',
        claims: { groups: ['dev'] },
      },
    });
  });

  it('is verified once, and then answered for at once', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    const [token, table] = [await ownToken(), tableOf()];
    const first = await enter(authenticator, token, table);
    const second = enter(authenticator, token, table);
    expect(second).not.toBeInstanceOf(Promise);
    expect(first.ok && second).toMatchObject({ ok: true });
    expect(first.ok && !(second instanceof Promise) && second.ok && first.value === second.value).toBe(true);
  });

  it('works by the ids of workspace and server as well', async () => {
    expect(await enter(new Authenticator(GATEWAY_URL), await ownToken(), tableOf(), 'ws_acme/mcps_docs')).toMatchObject({ ok: true });
  });

  it('lets nobody in elsewhere, whether or not something is there', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    const token = await ownToken();
    expect(await enter(authenticator, token)).toMatchObject({ ok: true });
    for (const place of ['acme/mail', 'other/docs', 'acme/nothing', 'nobody/docs']) {
      expect(await enter(authenticator, token, tableOf(), place), place).toEqual(invalid('audience'));
    }
  });

  it('ends with the revision that ends its consent, its membership, its route or its key', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    const token = await ownToken();
    const newKey = await createTokenIssuer();
    expect(await enter(authenticator, token)).toMatchObject({ ok: true });
    expect(await enter(authenticator, token, tableOf({ consents: ['consent_2'] }))).toEqual(invalid('consent'));
    expect(await enter(authenticator, token, tableOf({ workspace: { members: [] } }))).toEqual(invalid('member'));
    expect(await enter(authenticator, token, tableOf({ workspace: { routes: [] } }))).toEqual(invalid('audience'));
    expect(await enter(authenticator, token, tableOf({ signers: [newKey] }))).toEqual(invalid('key'));
    expect(await enter(authenticator, token, tableOf({ signers: [newKey, own] }))).toMatchObject({ ok: true });
    expect(await enter(authenticator, token, tableOf({ signers: [] }))).toEqual(invalid('issuer'));
  });

  it('ends by itself, also when it was used before, with little leeway for clocks', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    const exp = Math.floor(NOW / 1_000) + 60;
    const token = await ownToken({ exp });
    const table = tableOf();
    const at = (seconds: number) => enter(authenticator, token, table, 'acme/docs', (exp + seconds) * 1_000);
    expect(await at(0)).toMatchObject({ ok: true });
    expect(await at(11)).toEqual({ ok: false, error: { reason: 'token_expired' } });
    expect(await enter(new Authenticator(GATEWAY_URL), token, table, 'acme/docs', (exp + 11) * 1_000)).toEqual({
      ok: false,
      error: { reason: 'token_expired' },
    });
  });

  it('needs the scope of calls', async () => {
    const refusal = { error: { reason: 'scope_missing' } };
    expect(await enter(new Authenticator(GATEWAY_URL), await ownToken({ scope: 'openid mcpx' }))).toMatchObject(refusal);
    expect(await enter(new Authenticator(GATEWAY_URL), await ownToken({ scope: 'openid mcp' }))).toMatchObject({ ok: true });
  });
});

describe('a token of a trusted identity provider', () => {
  it('makes the person the caller whom its claim names', async () => {
    expect(await enter(new Authenticator(GATEWAY_URL), await trustedToken({ azp: 'ci', typ: 'x' }, { typ: 'JWT' }))).toMatchObject({
      ok: true,
      value: { kind: 'TRUSTED_TOKEN', id: 'user:usr_1', issuerId: 'idp_1', clientId: 'ci', claims: { email: 'ada@example.com' } },
    });
  });

  it('must be for the server, or for the audience that the organization says', async () => {
    const table = tableOf({ trusted: { audience: 'api://sluice' } });
    const authenticator = new Authenticator(GATEWAY_URL);
    expect(await enter(authenticator, await trustedToken({ aud: ['x', 'api://sluice'] }), table)).toMatchObject({ ok: true });
    expect(await enter(authenticator, await trustedToken(), table)).toEqual(invalid('audience'));
    expect(await enter(authenticator, await trustedToken({ aud: 'api://sluice' }))).toEqual(invalid('audience'));
    expect(await enter(authenticator, await trustedToken({ aud: undefined }))).toEqual(invalid('audience'));
  });

  it('must have the claims that are required', async () => {
    const table = tableOf({ trusted: { requiredClaims: { tenant: 't1', groups: 'dev', email_verified: 'true' } } });
    const authenticator = new Authenticator(GATEWAY_URL);
    const good = { tenant: 't1', groups: ['ops', 'dev'], email_verified: true };
    expect(await enter(authenticator, await trustedToken(good), table)).toMatchObject({ ok: true });
    for (const bad of [{ tenant: 't2' }, { groups: ['ops'] }, { email_verified: false }, { tenant: undefined }]) {
      expect(await enter(authenticator, await trustedToken({ ...good, ...bad }), table)).toEqual(invalid('claims'));
    }
  });

  it('must name somebody known, who is a member', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    expect(await enter(authenticator, await trustedToken({ email: 'eve@example.com' }))).toEqual(invalid('user'));
    expect(await enter(authenticator, await trustedToken({ email: 'bob@example.com' }))).toEqual(invalid('member'));
    for (const email of ['constructor', '__proto__', undefined, 7]) {
      expect(await enter(authenticator, await trustedToken({ email }))).toEqual(invalid('user'));
    }
    expect(await enter(authenticator, await trustedToken(), tableOf({ trusted: { userClaim: 'constructor' } }))).toEqual(invalid('user'));
  });

  it('of an issuer whose key is too short, or no key, is refused like any other', async () => {
    const short = { kty: 'RSA', kid: provider.publicKey.kid, alg: 'RS256', n: Buffer.alloc(64, 0xa5).toString('base64url'), e: 'AQAB' };
    const broken = { kty: 'RSA', kid: provider.publicKey.kid, alg: 'RS256' };
    for (const publicKey of [short, broken]) {
      const refused = await enter(new Authenticator(GATEWAY_URL), await trustedToken(), tableOf({ trusted: { keys: [publicKey] } }));
      expect(refused).toEqual(invalid('key'));
    }
  });

  it('ends with the revision that changes what it rests on', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    const token = await trustedToken();
    expect(await enter(authenticator, token)).toMatchObject({ ok: true });
    expect(await enter(authenticator, token, tableOf({ trusted: { users: {} } }))).toEqual(invalid('user'));
    expect(await enter(authenticator, token, tableOf({ trusted: { issuer: 'https://elsewhere.example.com' } }))).toEqual(invalid('issuer'));
    expect(await enter(authenticator, token, tableOf({ workspace: { organizationId: 'org_2' } }))).toEqual(invalid('issuer'));
  });
});

describe('a caller on an open stream', () => {
  it('is valid until a revision takes away what let them in', async () => {
    const authenticator = new Authenticator(GATEWAY_URL);
    const callers = await Promise.all([ownToken(), trustedToken()].map(async (token) => enter(authenticator, await token)));
    const [client, federated] = callers.map((entered) => (entered.ok ? entered.value : undefined));
    const isStillValid = (caller: typeof client, world: World = {}) => {
      const table = tableOf(world);
      return authenticator.isStillValid(table, table.findWorkspace('acme'), caller!, NOW);
    };
    for (const caller of [client, federated]) {
      expect(isStillValid(caller)).toBe(true);
      expect(isStillValid(caller, { workspace: { members: [] } })).toBe(false);
      expect(authenticator.isStillValid(tableOf(), undefined, caller!, NOW)).toBe(false);
    }
    expect(isStillValid(client, { consents: [] })).toBe(false);
    expect(isStillValid(federated, { consents: [] })).toBe(true);
    expect(isStillValid(federated, { trusted: { users: {} } })).toBe(false);
    expect(isStillValid(federated, { trusted: { id: 'idp_2' } })).toBe(false);
  });
});

import { startOAuthUpstream, type OAuthUpstream, type OAuthUpstreamOptions } from '../../support/upstreams/oauth-upstream.ts';
import type { Roles, Server, World } from '../../support/world.ts';
import type { Step } from './person.ts';

/** An upstream with an authorization server of its own, and whom it is connected for. */
export interface Place {
  readonly name: string;
  readonly granularity: 'USER' | 'WORKSPACE' | 'ORGANIZATION';
  /** Of the person who comes first. */
  readonly roles: Roles;
  /** What a member has to do who comes after that. */
  readonly later: readonly Step[];
  readonly upstream: OAuthUpstream;
  /** One more server with this upstream behind it, which nobody has connected yet. */
  addServer(): Promise<Server>;
}

const CLIENT = { clientId: 'sluice', clientSecret: 'a secret that was agreed on' };

/** Every granularity, with registration open and closed. Refresh tokens rotate everywhere, and a second use of one ends the grant. */
export function startPlaces(world: World): Promise<readonly [own: Place, workspace: Place, organization: Place]> {
  const preRegistered = {
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    redirect_uris: [`${world.gateway.issuer}/oauth/upstream/callback`],
    grant_types: ['authorization_code', 'refresh_token'],
    application_type: 'native' as const,
  };
  const closed: OAuthUpstreamOptions = { registration: 'closed', clients: [preRegistered] };
  return Promise.all([
    startPlace(world, { name: 'each person', granularity: 'USER', roles: {}, later: ['consent', 'upstream'] }),
    startPlace(world, { name: 'workspace', granularity: 'WORKSPACE', roles: { workspace: 'MANAGER' }, later: ['consent'] }, closed),
    startPlace(world, { name: 'organization', granularity: 'ORGANIZATION', roles: { organization: 'ADMIN' }, later: ['consent'] }),
  ]);
}

/** @param options of the upstream; where it lets nobody register, the server gets the client that was agreed on. */
export async function startPlace(
  world: World,
  place: Omit<Place, 'upstream' | 'addServer'>,
  options: OAuthUpstreamOptions = {},
): Promise<Place> {
  const upstream = await startOAuthUpstream({ rotation: true, ...options });
  return {
    ...place,
    upstream,
    addServer: async () => {
      const server = await world.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: place.granularity });
      if (options.registration === 'closed') await enterClient(world, server);
      await world.enforced();
      return server;
    },
  };
}

async function enterClient(world: World, server: Server): Promise<void> {
  await world.api.run(
    `mutation ($id: ID!, $input: McpServerUpdateInput!) {
      mcpServerUpdate(id: $id, input: $input) { snapshotRevision userErrors { code message field } }
    }`,
    { id: server.id, input: { oauth: CLIENT } },
    'mcpServerUpdate',
  );
}

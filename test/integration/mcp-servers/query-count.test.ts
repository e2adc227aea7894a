import 'reflect-metadata';
import { MikroORM } from '@mikro-orm/postgresql';
import { graphql } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approveWhatWasInUse } from '../../../control-plane/granted-capabilities/index.ts';
import { AccessGrantResolver, AccessGrantService } from '../../../control-plane/access-grants/index.ts';
import { Loaders } from '../../../control-plane/api/loaders.ts';
import { entities } from '../../../control-plane/database/entities.ts';
import { buildApiSchema } from '../../../control-plane/http/build-api-schema.ts';
import { postgresOutbox } from '../../../control-plane/snapshots/index.ts';
import { systemClock } from '../../../foundation/clock.ts';
import type { TestDatabase } from '../../support/postgres-admin.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const SEED = `
  INSERT INTO organizations (id, slug, name, created_at, updated_at) VALUES ('org_1', 'org', 'Organization', now(), now());
  INSERT INTO workspaces (id, organization_id, slug, name, created_at, updated_at)
    SELECT 'ws_' || n, 'org_1', 'w' || n, 'Workspace', now(), now() FROM generate_series(1, 12) n;
  INSERT INTO users (id, organization_id, role, email, email_key, name, created_at, updated_at)
    SELECT 'usr_' || n, 'org_1', 'MEMBER', n::text, n::text, 'User', now(), now() FROM generate_series(1, 5) n;
  INSERT INTO workspace_members (id, workspace_id, user_id, role, created_at, updated_at)
    SELECT 'wm_' || w || '_' || u, 'ws_' || w, 'usr_' || u, 'MEMBER', now(), now() FROM generate_series(1, 12) w, generate_series(1, 5) u;
  INSERT INTO api_keys (id, organization_id, workspace_id, user_id, kind, name, lookup, hash, scopes, created_at, updated_at)
    SELECT 'key_' || w || '_' || u, 'org_1', 'ws_' || w, 'usr_' || u, 'USER', 'Key', w || '_' || u, 'hash', '{MCP}', now(), now()
    FROM generate_series(1, 12) w, generate_series(1, 5) u;
  INSERT INTO mcp_servers (id, organization_id, workspace_id, slug, name, url, canonical_url, transport, authentication, granularity, enabled, max_request_bytes, created_at, updated_at)
    SELECT 'mcps_' || n, 'org_1', CASE WHEN n > 10 THEN 'ws_1' END, 's' || n, 'Server', 'https://mcp.example', 'https://mcp.example/', 'STREAMABLE_HTTP', 'CUSTOM_HEADERS', 'USER', true, 4194304, now(), now()
    FROM generate_series(1, 12) n;
  INSERT INTO access_grants (id, workspace_id, mcp_server_id, enabled, default_user_access, created_at, updated_at)
    SELECT 'grant_' || w || '_' || s, 'ws_' || w, 'mcps_' || s, true, 'ALLOW', now(), now() FROM generate_series(1, 12) w, generate_series(1, 12) s;
  INSERT INTO access_grant_user_overrides (access_grant_id, user_id, access)
    SELECT 'grant_' || w || '_' || s, 'usr_' || u, 'DENY' FROM generate_series(1, 12) w, generate_series(1, 12) s, generate_series(1, 5) u;
  INSERT INTO connections (id, mcp_server_id, subject_kind, subject_id, shard, headers, sealed_headers, seal_key_id, created_at, updated_at)
    SELECT 'con_' || s || '_' || u, 'mcps_' || s, 'USER', 'usr_' || u, '0', '[]', 'sealed', 'k1', now(), now() FROM generate_series(1, 12) s, generate_series(1, 5) u`;

/** Every list of the hub inside another one, each with the fields that join. */
const DEEPEST = `query ($first: Int!) {
  organization(id: "org_1") {
    mcpServers(first: $first) {
      nodes {
        organization { slug }
        workspace { slug }
        health { state }
        connections(first: $first) { nodes { id headers { name } mcpServer { slug } } }
        accessGrants(first: $first) {
          nodes {
            url
            userOverrides { access user { email } }
            workspace {
              slug
              mcpServers(first: $first) { nodes { slug } }
              accessGrants(first: $first) { nodes { mcpServer { slug } } }
            }
          }
        }
      }
    }
  }
}`;

/** Every list of people, workspaces and keys inside another one. */
const PEOPLE = `query ($first: Int!) {
  organization(id: "org_1") {
    apiKeys(first: $first, filter: { textContains: "user" }) { nodes { prefix user { email } workspace { slug } } }
    users(first: $first) { nodes { email organization { slug } apiKeys(first: $first) { nodes { prefix workspace { slug } } } } }
    workspaces(first: $first) {
      nodes {
        organization { slug }
        members(first: $first) { nodes { role user { email } workspace { slug } } }
        apiKeys(first: $first) { nodes { prefix user { email } workspace { slug } } }
      }
    }
  }
}`;

let database: TestDatabase;
let orm: MikroORM;
let queries: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await MikroORM.init({
    clientUrl: database.url,
    entities: [...entities],
    debug: ['query'],
    colors: false,
    logger: (message) => queries.push(message),
  });
  await orm.em.fork().execute(SEED);
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

describe('the deepest list of the hub', () => {
  it('needs a few queries for each level, however long it is', async () => {
    // One for each kind of thing on a level; which loads fall into one batch is a matter of timing. One for each item would be hundreds.
    for (const first of [2, 10]) {
      const { queries, urls } = await count(DEEPEST, first);
      expect(queries).toBeLessThanOrEqual(16);
      expect(urls).toBe(first * first);
    }
  });
});

describe('the deepest list of people', () => {
  it('needs a few queries for each level, however long it is', async () => {
    for (const first of [2, 5]) expect((await count(PEOPLE, first)).queries).toBeLessThanOrEqual(11);
  });
});

async function count(source: string, first: number): Promise<{ queries: number; urls: number }> {
  queries = [];
  const em = orm.em.fork();
  const grants = new AccessGrantResolver(
    new AccessGrantService({ em, clock: systemClock, outbox: postgresOutbox, approveWhatWasInUse }),
    'http://gateway.test',
  );
  const access = { actor: { kind: 'instance_admin' }, organizationRoles: new Map(), workspaceSeats: new Map() } as const;
  const result = await graphql({
    schema: buildApiSchema({ get: (type) => (type === AccessGrantResolver ? grants : new type()) as object }),
    source,
    variableValues: { first },
    contextValue: { em, access, loaders: new Loaders(em) },
  });
  expect(result.errors).toBeUndefined();
  return { queries: queries.length, urls: JSON.stringify(result.data).match(/"url"/g)?.length ?? 0 };
}

import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import type { EgressPolicy } from '../../contract/egress-policy.ts';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok } from '../../foundation/result.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import { noteAudience } from '../database/change-notes.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, write, type Conflicts } from '../database/write.ts';
import type { SecretSealer } from '../secrets/index.ts';
import { WorkspaceEntity } from '../workspaces/index.ts';
import { applyChange, findDependencyFaults, type Effect } from './mcp-server-change.ts';
import { findServerDocuments, listGrantedWorkspaces, readAffectedWorkspaces, type AffectedWorkspaces } from './mcp-server-dependents.ts';
import { McpServerEntity, type McpServer } from './mcp-server.entity.ts';
import type { McpServerCreateInput, McpServerUpdateInput } from './mcp-server.input.ts';
import { checkChange, checkDraft } from './mcp-server-rules.ts';
import { isServerVisible, toServerResource } from './mcp-server-visibility.ts';
import { clientSecretOwner, findReferenceFault, NO_OAUTH_COLUMNS, toOauthColumns } from './oauth-change.ts';

const CONFLICTS: Conflicts = {
  mcp_servers_slug_key: {
    code: UserErrorCode.TAKEN,
    message: 'Another server of the organization has this slug.',
    field: ['input', 'slug'],
  },
};

/** What the write model works with. */
export interface McpServerServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly egress: EgressPolicy;
  readonly sealer: SecretSealer;
}

/** A server that is gone, and what lost it. */
export interface DeletedMcpServer {
  readonly id: string;
  readonly affected: AffectedWorkspaces;
}

/** The write model of MCP servers. */
export class McpServerService {
  readonly #parts: McpServerServiceParts;

  constructor(parts: McpServerServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: McpServerCreateInput, key?: string | null): Promise<ChangeResult<McpServer>> {
    const { organizationId, workspaceId } = input;
    if (!authorize(access, 'mcp_server.write', toServerResource(input))) return notFound('organization', 'input', 'organizationId');
    const checked = checkDraft(this.#parts.egress, input);
    if (!checked.ok) return checked;
    const referenceFault = findReferenceFault(access, organizationId, checked.value.oauth);
    if (referenceFault !== undefined) return err([referenceFault]);
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const owner = workspaceId == null ? undefined : await em.findOne(WorkspaceEntity, { id: workspaceId, organizationId });
      if (owner === null) return notFound('workspace', 'input', 'workspaceId');
      const request = { caller: toActorName(access.actor), operation: 'mcpServerCreate', key, input: this.#toDigestible(input) };
      const answer = await runOnce(em, request, async () => {
        const now = new Date(this.#parts.clock.nowMs());
        const place = { id: newId('McpServer'), organizationId, workspaceId: owner?.id ?? null };
        const { oauth, ...draft } = checked.value;
        const columns = toOauthColumns({ id: place.id, ...NO_OAUTH_COLUMNS }, oauth, this.#parts.sealer, now.getTime());
        em.create(McpServerEntity, {
          ...place,
          description: null,
          upstreamTimeoutSeconds: null,
          upstreamIdleSeconds: null,
          headerNames: null,
          forwarding: null,
          ...draft,
          ...NO_OAUTH_COLUMNS,
          ...columns,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        const revision = await this.#parts.outbox.mark(em, [documentNames.server(place.id)]);
        return ok({ value: { id: place.id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, McpServerEntity, answer.value.value);
    });
  }

  update(access: Access, id: string, input: McpServerUpdateInput, expectedVersion?: number | null): Promise<ChangeResult<McpServer>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await lockWritable(em, access, id);
      if (row === undefined) return notFound('MCP server', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const checked = checkChange(this.#parts.egress, input);
      if (!checked.ok) return checked;
      const referenceFault = findReferenceFault(access, row.organizationId, checked.value.oauth);
      if (referenceFault !== undefined) return err([referenceFault]);
      const { oauth, ...rest } = checked.value;
      const nowMs = this.#parts.clock.nowMs();
      const change = { ...rest, ...toOauthColumns(row, oauth, this.#parts.sealer, nowMs) };
      const faults = await findDependencyFaults(em, row, change);
      if (faults.length > 0) return err(faults);
      const effect = applyChange(row, change);
      if (effect !== 'unchanged') row.updatedAt = new Date(nowMs);
      await em.flush();
      return ok({ value: row, revision: await this.#mark(em, id, effect) });
    });
  }

  /** Callers find it, or find it gone, with the revision in the answer. */
  setEnabled(access: Access, id: string, enabled: boolean, expectedVersion?: number | null): Promise<ChangeResult<McpServer>> {
    return this.update(access, id, { enabled }, expectedVersion);
  }

  /** Its grants and connections go with it. */
  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<DeletedMcpServer>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await lockWritable(em, access, id);
      if (row === undefined) return ok({ value: { id, affected: { count: 0, named: [] } }, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const affected = await readAffectedWorkspaces(em, id);
      const documents = await findServerDocuments(em, id);
      noteAudience(em, await listGrantedWorkspaces(em, id));
      em.remove(row);
      return ok({ value: { id, affected }, revision: await this.#parts.outbox.mark(em, documents) });
    });
  }

  /** The digest of an input is stored, and a plain hash of a short secret could be guessed. */
  #toDigestible(input: McpServerCreateInput): unknown {
    const secret = input.oauth?.clientSecret;
    if (secret == null) return input;
    const clientSecret = this.#parts.sealer.fingerprint(clientSecretOwner(input.slug), secret);
    return Object.assign({}, input, { oauth: Object.assign({}, input.oauth, { clientSecret }) });
  }

  async #mark(em: EntityManager, id: string, effect: Effect): Promise<number | null> {
    if (effect === 'unchanged' || effect === 'unseen') return null;
    return this.#parts.outbox.mark(em, effect === 'routes' ? await findServerDocuments(em, id) : [documentNames.server(id)]);
  }
}

/**
 * A server that the caller sees and may change. Locked against new grants and connections too, whose foreign keys wait for the lock:
 * what depends on the server stays as it was found until the commit.
 * @throws {AccessError} where the caller sees it, but may not change it.
 */
async function lockWritable(em: EntityManager, access: Access, id: string): Promise<McpServer | undefined> {
  const row = await em.findOne(McpServerEntity, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (row === null || !(await isServerVisible(em, access, row))) return undefined;
  return authorize(access, 'mcp_server.write', toServerResource(row)) ? row : undefined;
}

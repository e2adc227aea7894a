import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { CapabilityPolicySchema, type CapabilityPolicy } from '../../contract/access-rule.ts';
import { documentNames, PayloadCaptureSchema, UserAccessSchema } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import { isServerVisible, McpServerEntity } from '../mcp-servers/index.ts';
import { toResource, WorkspaceEntity, type Workspace } from '../workspaces/index.ts';
import { AccessGrantEntity, type AccessGrant } from './access-grant.entity.ts';
import type { AccessGrantCreateInput, AccessGrantUpdateInput } from './access-grant.input.ts';
import { findOverrideFaults, replaceOverrides } from './user-overrides.ts';

const CONFLICTS: Conflicts = {
  access_grants_server_key: {
    code: UserErrorCode.TAKEN,
    message: 'The workspace has a grant for this server already.',
    field: ['input', 'mcpServerId'],
  },
};

const SERVER_NOT_FOUND: UserError = {
  code: UserErrorCode.NOT_FOUND,
  message: 'There is no such MCP server, or you cannot see it.',
  field: ['input', 'mcpServerId'],
};
const SERVER_NOT_SHARED: UserError = {
  code: UserErrorCode.INVALID,
  message: 'Another workspace owns this server; it can be granted to that one only.',
  field: ['input', 'mcpServerId'],
};

const updateRules = z.object({
  enabled: z.boolean().optional(),
  defaultUserAccess: UserAccessSchema.optional(),
  payloadCapture: PayloadCaptureSchema.nullish(),
  userOverrides: z.array(z.object({ userId: z.string(), access: UserAccessSchema })).optional(),
  newCapabilities: CapabilityPolicySchema.shape.newCapabilities.optional(),
  pinsDefinitions: z.boolean().optional(),
});

type ReviewSettings = Pick<CapabilityPolicy, 'newCapabilities' | 'pinsDefinitions'>;

/** Approves what a grant did not hold under the settings it had before. */
export type ApproveWhatWasInUse = (em: EntityManager, grantId: string, before: ReviewSettings, now: Date) => Promise<void>;

/** Holds nothing. */
const OPEN: ReviewSettings = { newCapabilities: 'ALLOW', pinsDefinitions: false };

/** What the write model works with. */
export interface AccessGrantServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly approveWhatWasInUse: ApproveWhatWasInUse;
}

/** The write model of grants. A route is part of its workspace's document, so that is what each change names. */
export class AccessGrantService {
  readonly #parts: AccessGrantServiceParts;

  constructor(parts: AccessGrantServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: AccessGrantCreateInput, key?: string | null): Promise<ChangeResult<AccessGrant>> {
    const {
      workspaceId,
      mcpServerId,
      enabled,
      defaultUserAccess,
      userOverrides,
      newCapabilities,
      pinsDefinitions,
      payloadCapture = null,
    } = input;
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const workspace = await em.findOne(WorkspaceEntity, workspaceId);
      if (workspace === null || !authorize(access, 'access_grant.write', toResource(workspace))) {
        return notFound('workspace', 'input', 'workspaceId');
      }
      const faults = [
        ...(await findServerFaults(em, access, workspace, mcpServerId)),
        ...(await findOverrideFaults(em, workspace.organizationId, userOverrides)),
      ];
      if (faults.length > 0) return err(faults);
      const answer = await runOnce(em, { caller: toActorName(access.actor), operation: 'accessGrantCreate', key, input }, async () => {
        const now = new Date(this.#parts.clock.nowMs());
        const id = newId('AccessGrant');
        em.create(AccessGrantEntity, {
          id,
          workspaceId,
          mcpServerId,
          enabled,
          defaultUserAccess,
          newCapabilities,
          pinsDefinitions,
          payloadCapture,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        await replaceOverrides(em, id, userOverrides);
        if (holdsMore(OPEN, input)) await this.#parts.approveWhatWasInUse(em, id, OPEN, now);
        const revision = await this.#mark(em, workspaceId);
        return ok({ value: { id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, AccessGrantEntity, answer.value.value);
    });
  }

  async update(
    access: Access,
    id: string,
    input: AccessGrantUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<AccessGrant>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      if (input.newCapabilities != null || input.pinsDefinitions != null) await em.execute(LOCK_SERVER, [id]);
      const found = await loadWritable(em, access, id);
      if (found === undefined) return notFound('grant', 'id');
      const { grant, workspace } = found;
      const stale = findStaleness(grant, expectedVersion);
      if (stale !== undefined) return stale;
      const checked = await checkUpdate(em, workspace.organizationId, input);
      if (!checked.ok) return checked;
      const { enabled, defaultUserAccess, userOverrides, newCapabilities, pinsDefinitions, payloadCapture } = checked.value;
      const before = { newCapabilities: grant.newCapabilities, pinsDefinitions: grant.pinsDefinitions };
      const now = new Date(this.#parts.clock.nowMs());
      if (enabled !== undefined) grant.enabled = enabled;
      if (defaultUserAccess !== undefined) grant.defaultUserAccess = defaultUserAccess;
      if (payloadCapture !== undefined) grant.payloadCapture = payloadCapture;
      if (userOverrides !== undefined) await replaceOverrides(em, id, userOverrides);
      if (newCapabilities !== undefined) grant.newCapabilities = newCapabilities;
      if (pinsDefinitions !== undefined) grant.pinsDefinitions = pinsDefinitions;
      if (holdsMore(before, grant)) await this.#parts.approveWhatWasInUse(em, id, before, now);
      grant.updatedAt = now;
      await em.flush();
      return ok({ value: grant, revision: await this.#mark(em, workspace.id) });
    });
  }

  /** The route appears, or is gone, with the revision in the answer. */
  setEnabled(access: Access, id: string, enabled: boolean, expectedVersion?: number | null): Promise<ChangeResult<AccessGrant>> {
    return this.update(access, id, { enabled }, expectedVersion);
  }

  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const found = await loadWritable(em, access, id);
      if (found === undefined) return ok({ value: id, revision: null });
      const stale = findStaleness(found.grant, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(found.grant);
      return ok({ value: id, revision: await this.#mark(em, found.workspace.id) });
    });
  }

  #mark(em: EntityManager, workspaceId: string): Promise<number> {
    return this.#parts.outbox.mark(em, [documentNames.workspace(workspaceId)]);
  }
}

/**
 * What is being discovered just then either counts as known or meets the new settings. Before the grant is locked: discovery, which notes what
 * a grant says, locks in this order too.
 */
const LOCK_SERVER = `SELECT s.id FROM mcp_servers s JOIN access_grants g ON g.mcp_server_id = s.id WHERE g.id = ? FOR SHARE OF s`;

function holdsMore(before: ReviewSettings, after: ReviewSettings): boolean {
  const holdsNew = before.newCapabilities === 'ALLOW' && after.newCapabilities === 'HOLD';
  return holdsNew || (!before.pinsDefinitions && after.pinsDefinitions);
}

/** Locks the server against a change that would have to name this workspace too. */
async function findServerFaults(em: EntityManager, access: Access, workspace: Workspace, id: string): Promise<readonly UserError[]> {
  const place = { id, organizationId: workspace.organizationId };
  const server = await em.findOne(McpServerEntity, place, { lockMode: LockMode.PESSIMISTIC_READ });
  if (server === null || !(await isServerVisible(em, access, server))) return [SERVER_NOT_FOUND];
  return server.workspaceId == null || server.workspaceId === workspace.id ? [] : [SERVER_NOT_SHARED];
}

async function checkUpdate(
  em: EntityManager,
  organizationId: string,
  input: AccessGrantUpdateInput,
): Promise<Result<z.infer<typeof updateRules>, readonly UserError[]>> {
  const checked = checkInput(updateRules, input);
  if (!checked.ok) return checked;
  const faults = await findOverrideFaults(em, organizationId, checked.value.userOverrides ?? []);
  return faults.length === 0 ? checked : err(faults);
}

/**
 * A grant that the caller sees and may change.
 * @throws {AccessError} where the caller sees it, but may not change it.
 */
async function loadWritable(
  em: EntityManager,
  access: Access,
  id: string,
): Promise<{ grant: AccessGrant; workspace: Workspace } | undefined> {
  const grant = await em.findOne(AccessGrantEntity, id, FOR_CHANGE);
  const workspace = grant === null ? null : await em.findOne(WorkspaceEntity, grant.workspaceId);
  if (grant === null || workspace === null || !authorize(access, 'access_grant.write', toResource(workspace))) return undefined;
  return { grant, workspace };
}

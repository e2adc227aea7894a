import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { AccessGrantEntity, type AccessGrant } from '../access-grants/index.ts';
import { checkInput } from '../api/check-input.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, type Access } from '../authorization/index.ts';
import { noteChange, type ResourceValues } from '../database/change-notes.ts';
import type { Outbox } from '../database/outbox.ts';
import { findStaleness, FOR_CHANGE, write } from '../database/write.ts';
import { toResource, WorkspaceEntity } from '../workspaces/index.ts';
import {
  CapabilityOverrideEntity,
  GrantedCapabilityEntity,
  type CapabilityOverride,
  type GrantedCapability,
} from './granted-capability.entity.ts';
import type { AccessGrantCapabilityApproveInput, AccessGrantCapabilityUpdateInput } from './granted-capability.input.ts';
import { approvalRules, findNameFault, overrideChange } from './override-checks.ts';

/** What the write model works with. */
export interface GrantedCapabilityServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
}

/** A grant and some of its capabilities, as they are after a change. */
export interface ChangedCapabilities {
  readonly grant: AccessGrant;
  readonly capabilities: readonly GrantedCapability[];
}

type Outcome = ChangeResult<ChangedCapabilities>;

/** The write model of what grants say about capabilities. A change is one of the grant: it raises its version. */
export class GrantedCapabilityService {
  readonly #parts: GrantedCapabilityServiceParts;

  constructor(parts: GrantedCapabilityServiceParts) {
    this.#parts = parts;
  }

  /** Switches capabilities on or off and gives them other words. */
  update(access: Access, grantId: string, input: AccessGrantCapabilityUpdateInput, expectedVersion?: number | null): Promise<Outcome> {
    return this.#change(access, grantId, expectedVersion, async (em) => {
      const checked = checkInput(overrideChange, input);
      if (!checked.ok) return checked;
      const { capabilityIds, enabled, exposedName, exposedTitle, exposedDescription } = checked.value;
      const found = await findAll(em, grantId, capabilityIds, (index) => ['input', 'capabilityIds', String(index)]);
      if (!found.ok) return found;
      const nameFault = exposedName == null ? undefined : await findNameFault(em, found.value, exposedName);
      if (nameFault !== undefined) return err([nameFault]);
      const change = { disabled: enabled === undefined ? undefined : !enabled, exposedName, exposedTitle, exposedDescription };
      return ok({ capabilityIds, isChanged: await storeOverrides(em, found.value, () => change) });
    });
  }

  /** Approves definitions as somebody saw them. */
  approve(access: Access, grantId: string, input: AccessGrantCapabilityApproveInput, expectedVersion?: number | null): Promise<Outcome> {
    return this.#change(access, grantId, expectedVersion, async (em) => {
      const checked = checkInput(approvalRules, input);
      if (!checked.ok) return checked;
      const { approvals } = checked.value;
      const ids = approvals.map(({ capabilityId }) => capabilityId);
      const found = await findAll(em, grantId, ids, (index) => ['input', 'approvals', String(index), 'capabilityId']);
      if (!found.ok) return found;
      const faults = approvals.flatMap(({ definitionDigest }, index) => findApprovalFault(found.value[index]!, definitionDigest, index));
      if (faults.length > 0) return err(faults);
      const approvedAt = new Date(this.#parts.clock.nowMs());
      const isChanged = await storeOverrides(em, found.value, ({ definitionHash }) => ({ approvedHash: definitionHash, approvedAt }));
      return ok({ capabilityIds: ids, isChanged });
    });
  }

  /** The frame of both: visible, allowed, not stale; then the change itself, which answers the capabilities it was about. */
  #change(
    access: Access,
    grantId: string,
    expectedVersion: number | null | undefined,
    change: (
      em: EntityManager,
    ) => Promise<Result<{ readonly capabilityIds: readonly string[]; readonly isChanged: boolean }, readonly UserError[]>>,
  ): Promise<Outcome> {
    return write(this.#parts.em, {}, async (em): Promise<Outcome> => {
      const grant = await em.findOne(AccessGrantEntity, grantId, FOR_CHANGE);
      const workspace = grant === null ? null : await em.findOne(WorkspaceEntity, grant.workspaceId);
      if (grant === null || workspace === null || !authorize(access, 'access_grant.write', toResource(workspace)))
        return notFound('grant', 'id');
      const stale = findStaleness(grant, expectedVersion);
      if (stale !== undefined) return stale;
      const changed = await change(em);
      if (!changed.ok) return changed;
      const { capabilityIds, isChanged } = changed.value;
      if (isChanged) grant.updatedAt = new Date(this.#parts.clock.nowMs());
      await em.flush();
      const capabilities = await readRows(em, grantId, capabilityIds);
      const revision = isChanged ? await this.#parts.outbox.mark(em, [documentNames.workspace(workspace.id)]) : null;
      return ok({ value: { grant, capabilities }, revision });
    });
  }
}

/** The capabilities in the order of the ids; a fault for each that the server of the grant does not have. */
async function findAll(
  em: EntityManager,
  grantId: string,
  ids: readonly string[],
  toField: (index: number) => string[],
): Promise<Result<readonly GrantedCapability[], readonly UserError[]>> {
  const rows = await readRows(em, grantId, ids);
  const known = new Set(rows.map(({ capabilityId }) => capabilityId));
  const faults = ids.flatMap((id, index): UserError[] =>
    known.has(id)
      ? []
      : [{ code: UserErrorCode.NOT_FOUND, message: 'The server of this grant has no such capability.', field: toField(index) }],
  );
  return faults.length > 0 ? err(faults) : ok(rows);
}

/** In entities of their own: the identity map cannot follow a view. */
async function readRows(em: EntityManager, grantId: string, ids: readonly string[]): Promise<GrantedCapability[]> {
  const rows = await em.fork({ keepTransactionContext: true }).find(GrantedCapabilityEntity, {
    accessGrantId: grantId,
    capabilityId: { $in: [...ids] },
  });
  const byId = new Map(rows.map((row) => [row.capabilityId, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function findApprovalFault(row: GrantedCapability, digest: string, index: number): UserError[] {
  const toFault = (code: UserErrorCode, message: string, field: string): UserError[] => [
    { code, message, field: ['input', 'approvals', String(index), field] },
  ];
  if (row.vanishedAt != null) return toFault(UserErrorCode.INVALID, 'The upstream does not offer it any longer.', 'capabilityId');
  if (row.definitionHash === digest) return [];
  return toFault(UserErrorCode.STALE_VERSION, 'It changed since it was looked at. Look at it again.', 'definitionDigest');
}

/** What is stored of an override. */
type Stored = Pick<CapabilityOverride, 'disabled' | 'exposedName' | 'exposedTitle' | 'exposedDescription' | 'approvedHash' | 'approvedAt'>;

/** Undefined leaves what is stored. An override that says nothing any longer goes. Answers whether anything changed. */
async function storeOverrides(
  em: EntityManager,
  rows: readonly GrantedCapability[],
  toChange: (row: GrantedCapability) => { readonly [Column in keyof Stored]?: Stored[Column] | undefined },
): Promise<boolean> {
  const changed = rows.flatMap((row) => {
    const change = Object.entries(toChange(row)).filter(([, value]) => value !== undefined);
    const isChanged = change.some(([column, value]) => column !== 'approvedAt' && value !== (row[column as keyof Stored] ?? null));
    return isChanged ? [{ row, stored: { ...toStored(row), ...Object.fromEntries(change) } }] : [];
  });
  if (changed.length === 0) return false;
  for (const { row, stored } of changed) {
    noteChange(em, { kind: 'AccessGrantCapability', id: row.id, before: toNoted(row, toStored(row)), after: toNoted(row, stored) });
  }
  await em.upsertMany(
    CapabilityOverrideEntity,
    changed.map(({ row: { accessGrantId, capabilityId }, stored }) => ({ accessGrantId, capabilityId, ...stored })),
  );
  await em.nativeDelete(CapabilityOverrideEntity, { accessGrantId: rows[0]!.accessGrantId, ...SAYS_NOTHING });
  return true;
}

const SAYS_NOTHING = { disabled: false, exposedName: null, exposedTitle: null, exposedDescription: null, approvedHash: null };

function toStored({ disabled, exposedName, exposedTitle, exposedDescription, approvedHash, approvedAt }: GrantedCapability): Stored {
  return { disabled, exposedName, exposedTitle, exposedDescription, approvedHash, approvedAt };
}

/** By the names that the API has. */
function toNoted(
  { accessGrantId, name }: GrantedCapability,
  { disabled, approvedHash, approvedAt: _at, ...words }: Stored,
): ResourceValues {
  return { accessGrantId, name, enabled: !disabled, approvedDigest: approvedHash, ...words };
}

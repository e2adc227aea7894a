// The one place where changes become audit events. It stands between the unit of work and the commit, so that a change and its event are
// one transaction, and no feature writes an event by hand.
import {
  ChangeSetType,
  type ChangeSet,
  type EntityManager,
  type EntityProperty,
  type EventSubscriber,
  type FlushEventArgs,
  type Platform,
  type TransactionEventArgs,
} from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import { newId } from '../api/ids.ts';
import { noteChange, takeNotes, type ResourceChange, type ResourceValues, type TransactionNotes } from '../database/change-notes.ts';
import { findChangeOrigin } from '../database/change-origin.ts';
import { AUDIT_CHANNEL } from './audit-channel.ts';
import { describeChange, type DescribedChange } from './describe-change.ts';

/** Resources that one event names. */
export const MAX_CHANGES = 100;

/** Entities that the API shows as a part of another type, and what changes in them all the time. */
const PARTS: Readonly<Record<string, { readonly kind: string; readonly id: string; readonly passing: readonly string[] }>> = {
  ConnectionTokens: { kind: 'Connection', id: 'connectionId', passing: ['expiresAt', 'sealed'] },
};

/** What an event is about, and what place it has. */
interface Subject {
  readonly values: ResourceValues;
  readonly organizationId: string | null;
  readonly workspaceId: string | null;
}

/** Workspaces that one notification names: a notification has at most 8,000 bytes. */
const AUDIENCE_PART = 100;

/**
 * One statement: the place of what was changed and the actor's name are looked up where the event is stored, and whoever listens is told.
 * Of a server, also which workspaces have it by a grant, in as many notifications as that takes.
 */
const RECORD = `
  WITH place AS (
    SELECT coalesce(?, (SELECT organization_id FROM workspaces WHERE id = ?), (SELECT organization_id FROM mcp_servers WHERE id = ?),
                    (SELECT w.organization_id FROM access_grants g JOIN workspaces w ON w.id = g.workspace_id WHERE g.id = ?),
                    (SELECT organization_id FROM users WHERE id = ?)) AS organization_id,
           coalesce(?, (SELECT workspace_id FROM access_grants WHERE id = ?), (SELECT workspace_id FROM mcp_servers WHERE id = ?)) AS workspace_id
  ), stored AS (
    INSERT INTO audit_events (id, created_at, organization_id, workspace_id, action, actor_kind, actor_id, actor_name, credential_kind,
                              credential_id, address, resource_kind, resource_id, resource_name, resource_ids, changes, change_count,
                              snapshot_revision)
    SELECT ?, ?, place.organization_id, place.workspace_id, ?, ?::text, ?::text,
           CASE ?::text WHEN 'USER' THEN (SELECT email FROM users WHERE id = ?)
                        WHEN 'SERVICE_KEY' THEN (SELECT name FROM api_keys WHERE id = ?) END,
           ?, ?, ?, ?, ?, ?, ARRAY(SELECT jsonb_array_elements_text(?::jsonb)), ?::jsonb, ?, ?
    FROM place
    RETURNING id, organization_id, workspace_id, actor_id, action, resource_kind, resource_id, snapshot_revision
  ), audience AS (
    SELECT workspace_id FROM access_grants WHERE mcp_server_id = ? UNION SELECT jsonb_array_elements_text(?::jsonb)
  ), parts AS (
    SELECT jsonb_agg(workspace_id) AS workspaces
    FROM (SELECT workspace_id, (row_number() OVER () - 1) / ${AUDIENCE_PART} AS part FROM audience) AS numbered GROUP BY part
  )
  SELECT pg_notify('${AUDIT_CHANNEL}', jsonb_build_array(id, organization_id, workspace_id, actor_id, action, resource_kind, resource_id,
                                                         snapshot_revision, coalesce(workspaces, '[]'))::text)
  FROM stored LEFT JOIN parts ON true`;

/** Notes what the unit of work changed, and stores the audit event of each transaction before it is committed. */
export class AuditRecorder implements EventSubscriber {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  afterFlush({ em, uow }: FlushEventArgs): void {
    for (const changeSet of uow.getChangeSets()) noteChange(em as EntityManager, toResourceChange(changeSet, em.getPlatform()));
  }

  async beforeTransactionCommit({ em }: TransactionEventArgs): Promise<void> {
    const notes = takeNotes(em as EntityManager);
    if (notes === undefined) return;
    const described = notes.changes.length === 0 ? [] : mergeChanges(notes.changes);
    const changes = described.flatMap((change) => describeChange(change) ?? []);
    if (changes.length > 0) await this.#store(em as EntityManager, notes, changes);
  }

  async #store(em: EntityManager, notes: TransactionNotes, changes: readonly DescribedChange[]): Promise<void> {
    const { operation, address, ...requested } = findChangeOrigin();
    const author = notes.author ?? requested;
    const main = findMain(changes, operation);
    const action = notes.action ?? operation ?? toAction(main);
    const { values, organizationId, workspaceId } = toSubject(notes, main);
    const server = values['mcpServerId'] ?? null;
    const grant = values['accessGrantId'] ?? null;
    const ids = [...new Set(changes.map(({ id }) => id))].slice(0, MAX_CHANGES);
    await em.execute(RECORD, [
      organizationId,
      workspaceId,
      server,
      grant,
      values['userId'] ?? null,
      workspaceId,
      grant,
      server,
      newId('AuditEvent'),
      new Date(this.#clock.nowMs()),
      action,
      author.actorKind,
      author.actorId,
      author.actorKind,
      author.actorId,
      author.actorId,
      author.credentialKind,
      author.credentialId,
      address,
      main.kind,
      main.id,
      main.name,
      JSON.stringify(ids),
      JSON.stringify(changes.slice(0, MAX_CHANGES)),
      changes.length,
      notes.revision,
      main.kind === 'McpServer' ? main.id : null,
      JSON.stringify(notes.audience),
    ]);
  }
}

/** Several writes of one resource in a transaction are one change: from what was before the first to what is after the last. */
function mergeChanges(changes: readonly ResourceChange[]): ResourceChange[] {
  const merged = new Map<string, ResourceChange>();
  for (const change of changes) {
    const key = `${change.kind} ${change.id}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? change : joinChanges(known, change));
  }
  return [...merged.values()];
}

function joinChanges(first: ResourceChange, second: ResourceChange): ResourceChange {
  const isMade = first.before === undefined;
  const isGone = second.after === undefined;
  return {
    ...first,
    before: isMade ? undefined : { ...second.before, ...first.before },
    after: isGone ? undefined : { ...first.after, ...second.after },
  };
}

function toResourceChange({ entity, originalEntity, type, meta }: ChangeSet<object>, platform: Platform): ResourceChange {
  const part = PARTS[meta.className];
  const props = meta.props.filter((prop) => prop.persist !== false && part?.passing.includes(prop.name) !== true);
  const after = Object.fromEntries(props.map((prop) => [prop.name, (entity as ResourceValues)[prop.name]]));
  const resource = { kind: part?.kind ?? meta.className, id: String((entity as ResourceValues)[part?.id ?? 'id']) };
  if (type === ChangeSetType.CREATE) return { ...resource, after };
  if (type === ChangeSetType.DELETE || type === ChangeSetType.DELETE_EARLY) return { ...resource, before: after };
  const stored = (originalEntity ?? {}) as ResourceValues;
  // Stored as the driver compares it: JSON is text there.
  const toValue = (prop: EntityProperty) =>
    stored[prop.name] == null ? null : (prop.customType?.convertToJSValue(stored[prop.name], platform) ?? stored[prop.name]);
  return { ...resource, before: Object.fromEntries(props.map((prop) => [prop.name, toValue(prop)])), after };
}

/** What the mutation is about by its name, or what was changed first. */
function findMain(changes: readonly DescribedChange[], operation: string | undefined): DescribedChange {
  const named = changes.find(({ kind }) => operation?.toLowerCase().startsWith(kind.toLowerCase()) === true);
  return named ?? changes[0]!;
}

/** Changes that no mutation makes are named like those that one makes: `consentCreate`. */
function toAction({ kind, change }: DescribedChange): string {
  const verb = { CREATED: 'Create', UPDATED: 'Update', DELETED: 'Delete', USED: 'Use' }[change];
  return `${kind[0]!.toLowerCase()}${kind.slice(1)}${verb}`;
}

function toSubject(notes: TransactionNotes, main: DescribedChange): Subject {
  const change = notes.changes.filter(({ kind, id }) => kind === main.kind && id === main.id);
  const values: Record<string, unknown> = Object.assign({}, ...change.flatMap(({ before, after }) => [before ?? {}, after ?? {}]));
  if (main.kind === 'McpServer') values['mcpServerId'] ??= main.id;
  if (main.kind === 'AccessGrant') values['accessGrantId'] ??= main.id;
  if (main.kind === 'User') values['userId'] ??= main.id;
  const subjectWorkspace = values['subjectKind'] === 'WORKSPACE' ? values['subjectId'] : undefined;
  const workspaceId = main.kind === 'Workspace' ? main.id : toText(values['workspaceId'] ?? subjectWorkspace);
  const own = main.kind === 'Organization' ? main.id : toText(values['organizationId']);
  return { values, workspaceId, organizationId: notes.place === undefined ? own : notes.place.organizationId };
}

function toText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

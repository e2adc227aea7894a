import { Migration } from '@mikro-orm/migrations';

/**
 * The log of interactions, a partition a day. An event is written once, however often it is delivered: time and id are part of the event.
 *
 * Indexes are (what is filtered by, time): the newest page of any filter is read from the end of one index, day by day. The id is not in
 * them, because few events share a millisecond and sorting those is cheaper than 16 bytes in each index. What nearly every event has
 * in common (a good outcome) is not indexed: among such events the newest page is found by time alone.
 */
export class Migration20261120Traffic extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE traffic_events (
        occurred_at timestamptz(3) NOT NULL,
        id uuid NOT NULL,
        gateway_id uuid NOT NULL,
        sequence bigint NOT NULL,
        parent_sequence bigint,
        kind text NOT NULL,
        outcome text NOT NULL,
        organization_id text,
        workspace_id text,
        server_id text,
        grant_id text,
        caller_kind text,
        user_id text,
        key_id text,
        client_id text,
        issuer_id text,
        client_name text,
        client_version text,
        era text,
        protocol_revision text,
        session_id text,
        http_method text,
        method text,
        capability_kind text,
        capability_name text,
        status smallint,
        decision text,
        decided_by text,
        rule_id text,
        rule_level text,
        limit_id text,
        snapshot_revision bigint,
        reason text,
        error_code bigint,
        error_reason text,
        connection_id text,
        upstream_ms bigint,
        total_ms bigint,
        request_bytes bigint,
        response_bytes bigint,
        trace_id text,
        span_id text,
        dropped_count bigint,
        dropped_since timestamptz(3),
        has_payload boolean NOT NULL DEFAULT false,
        PRIMARY KEY (occurred_at, id)
      ) PARTITION BY RANGE (occurred_at)`);
    for (const column of ALWAYS) this.addSql(`CREATE INDEX traffic_events_${column} ON traffic_events (${column}_id, occurred_at)`);
    for (const column of OFTEN) {
      this.addSql(`CREATE INDEX traffic_events_${column} ON traffic_events (${column}_id, occurred_at) WHERE ${column}_id IS NOT NULL`);
    }
    for (const [name, column, condition] of OF_ORGANIZATION) {
      this.addSql(`CREATE INDEX traffic_events_${name} ON traffic_events (organization_id, ${column}, occurred_at) ${condition}`);
    }
    this.addSql(`
      CREATE TABLE traffic_payloads (
        occurred_at timestamptz(3) NOT NULL,
        event_id uuid NOT NULL,
        organization_id text,
        arguments text,
        result text,
        arguments_truncated boolean NOT NULL DEFAULT false,
        result_truncated boolean NOT NULL DEFAULT false,
        redactions integer NOT NULL,
        PRIMARY KEY (occurred_at, event_id)
      ) PARTITION BY RANGE (occurred_at)`);
    this.addSql(`
      CREATE TABLE traffic_unreadable (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        received_at timestamptz(3) NOT NULL DEFAULT now(),
        stream text NOT NULL,
        entry text NOT NULL,
        position integer NOT NULL,
        fault text NOT NULL,
        body text NOT NULL,
        CONSTRAINT traffic_unreadable_once UNIQUE (stream, entry, position)
      )`);
  }
}

const ALWAYS = ['organization', 'workspace', 'server'];

const OFTEN = ['user', 'key', 'client', 'session', 'trace', 'connection', 'rule'];

/** Values that organizations have in common: an index that did not begin with the organization would be searched through the others' events. */
const OF_ORGANIZATION = [
  ['method', 'method', 'WHERE method IS NOT NULL'],
  ['capability', 'capability_name', 'WHERE capability_name IS NOT NULL'],
  ['client_name', 'client_name', 'WHERE client_name IS NOT NULL'],
  ['kind', 'kind', `WHERE kind <> 'REQUEST'`],
  ['outcome', 'outcome', `WHERE outcome <> 'COMPLETED'`],
  ['decision', 'decision', `WHERE decision = 'DENIED'`],
  ['reason', 'reason', 'WHERE reason IS NOT NULL'],
  ['error', 'error_code', 'WHERE error_code IS NOT NULL'],
  ['status', 'status', 'WHERE status >= 400'],
] as const;

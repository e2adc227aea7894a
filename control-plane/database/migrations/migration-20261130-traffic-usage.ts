import { Migration } from '@mikro-orm/migrations';

/**
 * Usage, counted by the hour and by the day (`control-plane/traffic/usage/`). Whoever inserts events marks their hours in the same
 * transaction, by a trigger, a control plane of the version before included: a marked hour is counted again, whole, from its events, and
 * until then the events themselves are asked. So each event counts once, whatever was delivered late or twice.
 *
 * `facet` says which columns a row is about: a bit for each of workspace, server, capability, user, key and client, from the highest to
 * the lowest, set where the row is about all of them (PostgreSQL's GROUPING). A null in the others is what the calls did not have. A row
 * without an hour is about the day.
 */
export class Migration20261130TrafficUsage extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE traffic_usage (
        day timestamptz(3) NOT NULL,
        hour timestamptz(3),
        organization_id text NOT NULL,
        facet smallint NOT NULL,
        workspace_id text,
        server_id text,
        capability_name text,
        user_id text,
        key_id text,
        client_name text,
        bucket smallint NOT NULL,
        calls bigint NOT NULL,
        errors bigint NOT NULL,
        refusals bigint NOT NULL,
        request_bytes bigint NOT NULL,
        response_bytes bigint NOT NULL
      ) PARTITION BY RANGE (day)`);
    this.addSql(`CREATE INDEX traffic_usage_facet ON traffic_usage (organization_id, facet, hour)`);
    this.addSql(`
      CREATE TABLE traffic_usage_stale (
        unit text NOT NULL CHECK (unit IN ('HOUR', 'DAY')),
        start timestamptz(3) NOT NULL,
        PRIMARY KEY (unit, start)
      )`);
    // The lock is shared among those who insert; whoever counts the hour has it alone, and so has seen what they inserted.
    this.addSql(`
      CREATE FUNCTION traffic_mark_usage() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        touched timestamptz;
      BEGIN
        FOR touched IN SELECT DISTINCT date_trunc('hour', occurred_at, 'UTC') FROM added ORDER BY 1 LOOP
          PERFORM pg_advisory_xact_lock_shared(7431009, (extract(epoch FROM touched) / 3600)::int);
          INSERT INTO traffic_usage_stale (unit, start) VALUES ('HOUR', touched) ON CONFLICT DO NOTHING;
        END LOOP;
        RETURN NULL;
      END $$`);
    this.addSql(`
      CREATE TRIGGER traffic_usage AFTER INSERT ON traffic_events REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION traffic_mark_usage()`);
    // What is there already is counted in the background, not while everybody waits.
    this.addSql(`
      INSERT INTO traffic_usage_stale (unit, start)
      SELECT 'HOUR', generate_series(day, day + interval '23 hours', interval '1 hour')
      FROM (
        SELECT to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' AS day
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'traffic_events'::regclass
      ) AS days WHERE day <= now()`);
  }
}

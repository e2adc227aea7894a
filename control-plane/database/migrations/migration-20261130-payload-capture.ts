import { Migration } from '@mikro-orm/migrations';

const MODES = `('OFF', 'ARGUMENTS', 'ARGUMENTS_AND_RESULTS')`;

/** Whether arguments and results are kept in the log of interactions: by server, and for a grant otherwise (null: as the server says). */
export class Migration20261130PayloadCapture extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE mcp_servers ADD COLUMN payload_capture text NOT NULL DEFAULT 'OFF' CHECK (payload_capture IN ${MODES})`);
    this.addSql(`ALTER TABLE access_grants ADD COLUMN payload_capture text CHECK (payload_capture IN ${MODES})`);
  }
}

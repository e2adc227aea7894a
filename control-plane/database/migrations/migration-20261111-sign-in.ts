import { Migration } from '@mikro-orm/migrations';

/** How people sign in: passwords, one-time links, sessions of browsers, and the count of attempts. */
export class Migration20261111SignIn extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE users ADD COLUMN groups text[] NOT NULL DEFAULT '{}'`);
    this.addSql(`CREATE INDEX users_email ON users (email_key)`);
    this.addSql(`
      CREATE TABLE user_passwords (
        user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        hash text NOT NULL,
        changed_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`
      CREATE TABLE sign_in_links (
        user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        token_hash text NOT NULL CONSTRAINT sign_in_links_token_key UNIQUE,
        expires_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`
      CREATE TABLE web_sessions (
        id text PRIMARY KEY,
        token_hash text NOT NULL CONSTRAINT web_sessions_token_key UNIQUE,
        user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        signed_in_at timestamptz(3) NOT NULL,
        seen_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`CREATE INDEX web_sessions_user ON web_sessions (user_id, signed_in_at)`);
    this.addSql(`CREATE INDEX web_sessions_seen ON web_sessions (seen_at)`);
    this.addSql(`
      CREATE TABLE sign_in_attempts (
        subject text PRIMARY KEY,
        count integer NOT NULL,
        ends_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`CREATE INDEX sign_in_attempts_end ON sign_in_attempts (ends_at)`);
  }
}

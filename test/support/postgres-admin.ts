import { Client } from 'pg';

/** The same server and user, another database. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs on a connection of its own: CREATE and DROP DATABASE cannot be inside a transaction or on the database itself. */
export async function withAdmin<Value>(adminUrl: string, work: (admin: Client) => Promise<Value>): Promise<Value> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

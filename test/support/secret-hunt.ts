import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client } from 'pg';

/** A place where something may have been written down, with everything that is there. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** Secrets that can be told from everything else, and the search for them. */
export class SecretHunt {
  readonly #canaries: { readonly use: string; readonly secret: string }[] = [];

  /** A new secret for this use. */
  make(use: string): string {
    return this.note(use, `canary${randomBytes(12).toString('hex')}`);
  }

  /** A secret that somebody else made. */
  note(use: string, secret: string): string {
    this.#canaries.push({ use, secret });
    return secret;
  }

  /** Where which secret is, as it is or encoded. */
  find(places: readonly Place[]): string[] {
    const searched = this.#canaries.map(({ use, secret }) => ({ use, spellings: toSpellings(secret) }));
    return places.flatMap(({ name, text }) =>
      searched.filter(({ spellings }) => spellings.some((spelling) => text.includes(spelling))).map(({ use }) => `${use} in ${name}`),
    );
  }

  /** How many secrets there are. */
  get size(): number {
    return this.#canaries.length;
  }
}

function toSpellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, '').slice(0, -1),
    bytes.toString('base64url'),
  ];
}

/** Every row of every table. */
export async function dumpDatabase(url: string): Promise<Place[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
    );
    const places: Place[] = [];
    for (const { name } of rows) {
      const table = await client.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM "${name}" t`);
      places.push({ name: `table ${name}`, text: table.rows.map(({ row }) => row).join('\n') });
    }
    return places;
  } finally {
    await client.end();
  }
}

/** Every key, whatever its type. */
export async function dumpRedis(url: string): Promise<Place[]> {
  const redis = new Redis(url);
  try {
    const places: Place[] = [];
    for await (const keys of redis.scanStream() as AsyncIterable<string[]>) {
      for (const key of keys) places.push({ name: `Redis ${key}`, text: JSON.stringify(await readKey(redis, key)) });
    }
    return places;
  } finally {
    redis.disconnect();
  }
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    default:
      return null; // it went away meanwhile
  }
}

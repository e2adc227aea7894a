import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startNginx, type Nginx } from './nginx.ts';

/** Prepared answers by the name of their file; a server's slug is the name, and `any` answers for all other slugs. */
export type PreparedAnswers = Readonly<Record<string, string>>;

/** The name of the answer for slugs that have none of their own. */
export const ANY_SERVER = 'any';

/**
 * An upstream that costs almost nothing: nginx with prepared answers to `POST /<workspace>/<server>/mcp`. It refuses a POST to a file
 * with 405, and serves the file as the page of that error, with status 200.
 * @param addresses on which it listens, so that one process stands for many upstreams.
 */
export async function startStaticUpstream(
  folder: string,
  answers: PreparedAnswers,
  addresses: readonly string[] = ['127.0.0.1'],
): Promise<Nginx> {
  const files = path.join(folder, 'answers');
  await mkdir(files, { recursive: true });
  await Promise.all(Object.entries(answers).map(([name, body]) => writeFile(path.join(files, `${name}.json`), body)));
  const locations = Object.keys(answers).map((name) => {
    const slug = name === ANY_SERVER ? '[a-z0-9-]+' : name;
    return `    location ~ ^/[a-z0-9-]+/${slug}/mcp$ { error_page 405 =200 /${name}.json; return 405; }
    location = /${name}.json {
      internal; root ${files}; default_type application/json; etag off; max_ranges 0;
      add_header mcp-session-id bench-session always; add_header last-modified "" always;
    }`;
  });
  return startNginx(
    folder,
    (port) => `  open_file_cache max=100 inactive=1h; open_file_cache_valid 1h; sendfile on; tcp_nopush on;
  server {
${addresses.map((address) => `    listen ${address}:${port} backlog=16384;`).join('\n')}
${locations.join('\n')}
  }`,
  );
}

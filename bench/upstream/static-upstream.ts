import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startNginx, type Nginx } from './nginx.ts';

/** A prepared answer under the name of a server: `POST /<workspace>/<server>/mcp` gets it, whatever the workspace. */
export interface StaticAnswer {
  readonly server: string;
  readonly body: string;
}

/**
 * An upstream that costs almost nothing: nginx with prepared answers. It refuses a POST to a file with 405, and serves the file as
 * the page of that error, with status 200.
 * @param addresses on which it listens, so that one process stands for many upstreams.
 */
export async function startStaticUpstream(
  folder: string,
  answers: readonly StaticAnswer[],
  addresses: readonly string[] = ['127.0.0.1'],
): Promise<Nginx> {
  const files = path.join(folder, 'answers');
  await mkdir(files, { recursive: true });
  await Promise.all(answers.map(({ server, body }) => writeFile(path.join(files, `${server}.json`), body)));
  const locations = answers.map(
    ({ server }) => `    location ~ ^/[a-z0-9-]+/${server}/mcp$ { error_page 405 =200 /${server}.json; return 405; }
    location = /${server}.json { internal; root ${files}; default_type application/json; add_header mcp-session-id bench-session always; add_header last-modified "" always; etag off; max_ranges 0; }`,
  );
  return startNginx(
    folder,
    (port) => `  open_file_cache max=100 inactive=1h; open_file_cache_valid 1h; sendfile on; tcp_nopush on;
  server {
${addresses.map((address) => `    listen ${address}:${port} backlog=16384;`).join('\n')}
${locations.join('\n')}
  }`,
  );
}

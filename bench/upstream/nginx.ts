import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startChild, type Child } from '../measure/child.ts';
import { findFreePort } from '../measure/free-port.ts';
import { waitUntilConnectable } from '../measure/wait-until-connectable.ts';

export interface Nginx {
  readonly port: number;
  readonly child: Child;
}

/** What every nginx of the benchmark has in common: one worker, nothing on disk but what is here, connections that stay open. */
function toConfiguration(folder: string, http: string): string {
  return `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log warn; worker_processes 1; worker_rlimit_nofile 20000;
events { worker_connections 19000; }
http {
  access_log off; server_tokens off; tcp_nodelay on;
  keepalive_requests 100000000; keepalive_timeout 300s;
  client_max_body_size 8m; client_body_buffer_size 512k;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
${http}
}
`;
}

/** Starts an nginx of our own; nothing of an installed one is touched. `configure` writes the part that makes it what it is. */
export async function startNginx(
  folder: string,
  configure: (port: number) => string,
  wrap: (command: string[]) => string[] = (command) => command,
): Promise<Nginx> {
  await mkdir(folder, { recursive: true });
  const port = await findFreePort();
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, toConfiguration(folder, configure(port)));
  const child = startChild(wrap(['nginx', '-p', folder, '-c', file]), path.join(folder, 'output.log'));
  await waitUntilConnectable(port, child);
  return { port, child };
}

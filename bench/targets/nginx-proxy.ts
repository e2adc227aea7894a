import { onMeasuredCores } from '../measure/cpu-placement.ts';
import { startNginx } from '../upstream/nginx.ts';
import type { Target, UpstreamRoute } from './target.ts';

/** Baseline: nginx `proxy_pass` with connections to the upstream kept open. Nothing is checked. */
export async function startNginxProxy(folder: string, routes: readonly UpstreamRoute[]): Promise<Target> {
  const origins = [...new Set(routes.map(({ origin }) => origin))];
  const upstreams = origins.map(
    (origin, index) =>
      `  upstream u${index} { server ${new URL(origin).host}; keepalive 512; keepalive_requests 100000000; keepalive_timeout 300s; }`,
  );
  const locations = routes.map(({ path, origin }) => `    location = ${path} { proxy_pass http://u${origins.indexOf(origin)}; }`);
  const { port, child } = await startNginx(
    folder,
    (own) => `${upstreams.join('\n')}
  server {
    listen 127.0.0.1:${own} backlog=16384;
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 1h; proxy_request_buffering on;
${locations.join('\n')}
  }`,
    onMeasuredCores,
  );
  return { name: 'nginx', port, pids: [child.pid], stop: async () => void (await child.stop()) };
}

import { ConfigError } from '../foundation/read-config.ts';

/** One node of a cluster. */
interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is: one server, or some nodes of a cluster, through which the others are found. */
export type RedisAddress =
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly RedisNode[];
      readonly username: string | undefined;
      readonly password: string | undefined;
      readonly tls: boolean;
    };

const DEFAULT_PORT = 6_379;
const CLUSTER = /^redis(s?)\+cluster:\/\//;

/**
 * Reads `redis://` or `rediss://` (TLS) for one server, `redis+cluster://` or `rediss+cluster://` with a comma-separated list of
 * `host:port` for a cluster. User name and password stand before an `@`.
 * @throws {ConfigError} saying what is wrong, never the password.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const cluster = CLUSTER.exec(text);
  if (cluster !== null) return parseCluster(text.slice(cluster[0].length), cluster[1] === 's');
  const protocol = URL.canParse(text) ? new URL(text).protocol : undefined;
  if (protocol === 'redis:' || protocol === 'rediss:') return { kind: 'single', url: text };
  throw new ConfigError('REDIS_URL must start with redis://, rediss://, redis+cluster:// or rediss+cluster:// and name a host');
}

function parseCluster(rest: string, tls: boolean): RedisAddress {
  const at = rest.lastIndexOf('@');
  const [username = '', password = ''] = at < 0 ? [] : rest.slice(0, at).split(':').map(decodeURIComponent);
  const nodes = rest
    .slice(at + 1)
    .replace(/\/$/, '')
    .split(',')
    .map(parseNode);
  return { kind: 'cluster', nodes, username: username || undefined, password: password || undefined, tls };
}

function parseNode(text: string, position: number): RedisNode {
  if (text === '' || !URL.canParse(`redis://${text}`))
    throw new ConfigError(`REDIS_URL: node ${position + 1} of the cluster must have the form host:port`);
  const { hostname, port } = new URL(`redis://${text}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? DEFAULT_PORT : Number(port) };
}

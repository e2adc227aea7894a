import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { EgressPolicy } from '../contract/egress-policy.ts';
import { KeyRing } from '../contract/key-ring.ts';
import { parseRedisAddress } from '../contract/redis-address.ts';
import { otlpVariables, toOtlpSettings } from '../foundation/otlp/variables.ts';
import { baseUrlVariable, integerVariable, parsedVariable, portVariable, readConfig } from '../foundation/read-config.ts';

const originVariable = z
  .string()
  .refine(
    (origin) => origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins like https://app.example.com, or *',
  );

/** Every variable the data plane reads. The descriptions are the configuration reference. */
export const dataPlaneVariables = z.object({
  REDIS_URL: parsedVariable(parseRedisAddress).describe(
    'Where Redis is: `redis://` or `rediss://` for one server, `redis+cluster://` or `rediss+cluster://` with a list of `host:port` for a cluster. Required.',
  ),
  SLUICE_ENCRYPTION_KEYS: parsedVariable((text) => KeyRing.parse(text)).describe(
    'Keys shared with the control plane, `id:key,id:key`, each 32 bytes in base64. The first one seals, all of them open. Required.',
  ),
  SLUICE_GATEWAY: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lowercase letters, digits and hyphens, at most 63')
    .default('default')
    .describe('Names the gateway whose snapshot is served. All data planes of one deployment share it.'),
  SLUICE_GATEWAY_URL: baseUrlVariable.describe('Public base URL of the data plane, as clients see it. Required.'),
  SLUICE_CONTROL_PLANE_URL: baseUrlVariable
    .optional()
    .describe('Base URL at which this process reaches the control plane. Not set: the public one, which the snapshot names.'),
  SLUICE_EGRESS_ALLOW: parsedVariable((text) => EgressPolicy.parse(text))
    .prefault('')
    .describe(
      'Upstream addresses allowed beyond the public internet: host names, `*.suffix`, addresses, CIDR ranges, and the words `loopback` and `private`, separated by commas.',
    ),
  SLUICE_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('The least severe level that is logged.'),
  SLUICE_DATA_PLANE_HOST: z.string().default('127.0.0.1').describe('Address the data plane listens on for MCP clients.'),
  SLUICE_DATA_PLANE_PORT: portVariable
    .prefault('4100')
    .describe('Port the data plane listens on for MCP clients. 0 lets the operating system choose.'),
  SLUICE_ADMIN_HOST: z.string().default('127.0.0.1').describe('Address for `/healthz`, `/readyz` and `/metrics`.'),
  SLUICE_ADMIN_PORT: portVariable
    .prefault('4101')
    .describe('Port for `/healthz`, `/readyz` and `/metrics`. 0 lets the operating system choose.'),
  SLUICE_PEER_HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address that this process listens on for the other processes of the gateway, and that they reach it at. They hand over requests of sessions that one process keeps, in clear text: an address of a private network, where there is more than one host.',
    ),
  SLUICE_WORKERS: z
    .string()
    .transform((text) => (text === 'auto' ? String(availableParallelism()) : text))
    .pipe(integerVariable(1, 256))
    .prefault('1')
    .describe('Processes that serve requests, at most 256, or `auto` for one per core.'),
  SLUICE_STATE_DIR: z
    .string()
    .default('.sluice/data-plane')
    .describe(
      'Folder for the last good snapshot, from which a process starts while Redis is away, and for interactions that Redis does not take. Secrets in it are sealed.',
    ),
  SLUICE_ALLOWED_HOSTS: listVariable(z.string()).describe(
    'Further host names, without port and separated by commas, that requests may be addressed to; `*` allows any.',
  ),
  SLUICE_ALLOWED_ORIGINS: listVariable(originVariable).describe(
    'Further origins, separated by commas, whose pages may call the gateway from a browser; `*` allows any.',
  ),
  SLUICE_ACCESS_LOG: z
    .enum(['all', 'errors', 'off'])
    .default('all')
    .describe('Which requests get a line in the log: all of them, those that did not complete, or none.'),
  SLUICE_TRACE_PROPAGATION: z
    .enum(['off', 'header', 'header-and-meta'])
    .default('header')
    .describe(
      'How upstreams are told of a trace (W3C Trace Context): not at all, by the headers `traceparent`, `tracestate` and `baggage`, or by these and the members of the same names in `_meta` of modern messages. With the last one, the bytes of such a message differ from those of the client.',
    ),
  SLUICE_TRAFFIC: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether interactions are reported for the log that the control plane keeps.'),
  SLUICE_TRAFFIC_STREAM_MEGABYTES: integerVariable(4, 65_536)
    .prefault('256')
    .describe(
      'How much of them, in units of 1,048,576 bytes, may wait in Redis for a control plane, for all data planes of the gateway together: about 2,500 events each. What does not fit waits on disk.',
    ),
  SLUICE_TRAFFIC_SPOOL_MEGABYTES: integerVariable(1, 65_536)
    .prefault('256')
    .describe(
      'How much of them, in the same units, this data plane keeps in `SLUICE_STATE_DIR` while Redis does not take them. What does not fit either is dropped and counted.',
    ),
  SLUICE_UPSTREAM_TIMEOUT_SECONDS: integerVariable(1, 86_400)
    .prefault('300')
    .describe('How long, in seconds, an upstream may take until the head of its answer arrives.'),
  SLUICE_UPSTREAM_IDLE_SECONDS: integerVariable(0, 86_400)
    .prefault('0')
    .describe(
      'How long, in seconds, an upstream may say nothing on a stream that is open, also while it waits for a reply of the client: a call then ends with an error, and a stream on which nobody waits for an answer ends so that its client opens another one. 0: as long as it likes.',
    ),
  SLUICE_KEEP_ALIVE_SECONDS: integerVariable(1, 3_600)
    .prefault('15')
    .describe('After how many seconds of silence a comment is sent on an open stream, so that nothing on the way cuts it.'),
  SLUICE_MAX_STREAMS: integerVariable(1, 1_000_000)
    .prefault('20000')
    .describe('How many streams opened by GET or `subscriptions/listen` one process carries at once; further ones get 503.'),
  SLUICE_LIMITS_WITHOUT_REDIS: z
    .enum(['share', 'refuse', 'ignore'])
    .default('share')
    .describe(
      'What holds for calls that have a limit while Redis is away: each process enforces its share of the limit by itself, such calls are refused with 503, or the limit does not count.',
    ),
  SLUICE_SESSION_IDLE_SECONDS: integerVariable(1, 604_800)
    .prefault('1800')
    .describe(
      'After how many seconds without a call or a stream a session is let go that the gateway itself keeps: that of a legacy client on an upstream that is modern, or has HTTP with SSE. Passed-through sessions are kept by the upstream, for as long as it likes.',
    ),
  SLUICE_POOLED_SESSION_IDLE_SECONDS: integerVariable(1, 604_800)
    .prefault('300')
    .describe('After how many seconds without use a session is ended that calls of modern clients share on a legacy upstream.'),
  SLUICE_MAX_SESSIONS: integerVariable(1, 1_000_000)
    .prefault('10000')
    .describe(
      'How many sessions of each of these kinds one process keeps; those unused for longest make room, and where none is unused, a further one gets 503.',
    ),
  SLUICE_MAX_SESSIONS_PER_CALLER: integerVariable(1, 1_000_000)
    .prefault('200')
    .describe('How many of the sessions with upstreams, of each kind, belong to one caller (a key, or a person).'),
  SLUICE_PARKED_CALL_SECONDS: integerVariable(1, 86_400)
    .prefault('600')
    .describe('How long, in seconds, a bridged call waits for its client to answer what the upstream asks (elicitation, sampling, roots).'),
  SLUICE_MAX_PARKED_CALLS: integerVariable(1, 1_000_000)
    .prefault('2000')
    .describe('How many bridged calls of each direction may wait so in one process; a further one fails.'),
  SLUICE_MAX_PARKED_MEGABYTES: integerVariable(1, 65_536)
    .prefault('64')
    .describe('How much memory, in units of 1,048,576 bytes, what is kept for these calls may take, in each direction.'),
  SLUICE_SHUTDOWN_DELAY_SECONDS: integerVariable(0, 3_600)
    .prefault('5')
    .describe(
      'How long, in seconds, this process goes on taking requests after SIGTERM, while `/readyz` says already that it is not ready: until every load balancer in front of it has noticed. Each answer then closes its connection. 0 where nothing asks `/readyz`.',
    ),
  SLUICE_SHUTDOWN_DEADLINE_SECONDS: integerVariable(0, 3_600)
    .prefault('30')
    .describe('How long, in seconds, open streams may go on after that.'),
  ...otlpVariables,
});

/** The data plane's configuration, read once at start. */
export type DataPlaneConfig = ReturnType<typeof readDataPlaneConfig>;

/**
 * Reads the configuration.
 * @throws {ConfigError} naming every unusable variable.
 */
export function readDataPlaneConfig(env: NodeJS.ProcessEnv) {
  const variables = readConfig(dataPlaneVariables, env);
  return Object.freeze({
    redis: variables.REDIS_URL,
    keyRing: variables.SLUICE_ENCRYPTION_KEYS,
    gateway: variables.SLUICE_GATEWAY,
    gatewayUrl: variables.SLUICE_GATEWAY_URL,
    controlPlaneUrl: variables.SLUICE_CONTROL_PLANE_URL,
    egressPolicy: variables.SLUICE_EGRESS_ALLOW,
    logLevel: variables.SLUICE_LOG_LEVEL,
    host: variables.SLUICE_DATA_PLANE_HOST,
    port: variables.SLUICE_DATA_PLANE_PORT,
    adminHost: variables.SLUICE_ADMIN_HOST,
    adminPort: variables.SLUICE_ADMIN_PORT,
    peerHost: variables.SLUICE_PEER_HOST,
    workers: variables.SLUICE_WORKERS,
    stateDir: variables.SLUICE_STATE_DIR,
    allowedHosts: variables.SLUICE_ALLOWED_HOSTS,
    allowedOrigins: variables.SLUICE_ALLOWED_ORIGINS,
    accessLog: variables.SLUICE_ACCESS_LOG,
    tracePropagation: variables.SLUICE_TRACE_PROPAGATION,
    traffic: {
      isOn: variables.SLUICE_TRAFFIC === 'on',
      maxStreamBytes: variables.SLUICE_TRAFFIC_STREAM_MEGABYTES * 1024 * 1024,
      maxSpoolBytes: variables.SLUICE_TRAFFIC_SPOOL_MEGABYTES * 1024 * 1024,
    },
    upstreamTimeoutMs: variables.SLUICE_UPSTREAM_TIMEOUT_SECONDS * 1_000,
    upstreamIdleMs: variables.SLUICE_UPSTREAM_IDLE_SECONDS * 1_000,
    keepAliveMs: variables.SLUICE_KEEP_ALIVE_SECONDS * 1_000,
    maxStreams: variables.SLUICE_MAX_STREAMS,
    limitsWithoutRedis: variables.SLUICE_LIMITS_WITHOUT_REDIS,
    bridgeLimits: {
      sessionIdleMs: variables.SLUICE_SESSION_IDLE_SECONDS * 1_000,
      pooledSessionIdleMs: variables.SLUICE_POOLED_SESSION_IDLE_SECONDS * 1_000,
      maxSessions: variables.SLUICE_MAX_SESSIONS,
      maxSessionsPerCaller: variables.SLUICE_MAX_SESSIONS_PER_CALLER,
      parkedMs: variables.SLUICE_PARKED_CALL_SECONDS * 1_000,
      maxParkedCalls: variables.SLUICE_MAX_PARKED_CALLS,
      maxParkedBytes: variables.SLUICE_MAX_PARKED_MEGABYTES * 1024 * 1024,
    },
    otlp: toOtlpSettings(variables),
    shutdownDelayMs: variables.SLUICE_SHUTDOWN_DELAY_SECONDS * 1_000,
    shutdownDeadlineMs: variables.SLUICE_SHUTDOWN_DEADLINE_SECONDS * 1_000,
  });
}

/** Parts separated by commas; empty parts are ignored. */
function listVariable(part: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )
    .pipe(z.array(part))
    .prefault('');
}

import { isIP } from 'node:net';
import { z } from 'zod';
import { EgressPolicy } from '../contract/egress-policy.ts';
import { KeyRing } from '../contract/key-ring.ts';
import { parseRedisAddress } from '../contract/redis-address.ts';
import { otlpVariables, toOtlpSettings } from '../foundation/otlp/variables.ts';
import { baseUrlVariable, ConfigError, integerVariable, parsedVariable, portVariable, readConfig } from '../foundation/read-config.ts';
import { Secret } from '../foundation/secret.ts';

/** How variables are named that settings may refer to; see `secrets/secret-references.ts`. */
const SECRET_VARIABLE = /^SLUICE_SECRET_[A-Z0-9_]+$/;

/** The shortest bootstrap key, in characters: it opens everything. */
const MIN_BOOTSTRAP_KEY_LENGTH = 32;

const DAY_MS = 86_400_000;

/** Every variable the control plane reads. The descriptions are the configuration reference. */
export const controlPlaneVariables = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must start with postgresql://')
    .describe(
      'Where PostgreSQL is, `postgresql://user:password@host:port/database`. Through PgBouncer only in session mode: the publisher holds an advisory lock and listens, for which transaction mode has no session. Required.',
    ),
  REDIS_URL: parsedVariable(parseRedisAddress).describe(
    'Where Redis is: `redis://` or `rediss://` for one server, `redis+cluster://` or `rediss+cluster://` with a list of `host:port` for a cluster. Required.',
  ),
  SLUICE_ENCRYPTION_KEYS: parsedVariable((text) => KeyRing.parse(text)).describe(
    'Keys shared with the data planes, `id:key,id:key`, each 32 bytes in base64. The first one seals, all of them open. Required.',
  ),
  SLUICE_GATEWAY: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lowercase letters, digits and hyphens, at most 63')
    .default('default')
    .describe('Names the gateway whose snapshot is published. Its data planes have the same.'),
  SLUICE_GATEWAY_URL: baseUrlVariable.describe('Public base URL of the data planes, as clients see it. Required.'),
  SLUICE_CONTROL_PLANE_URL: baseUrlVariable.describe('Public base URL of the control plane, as browsers and automation see it. Required.'),
  SLUICE_CONTROL_PLANE_HOST: z.string().default('127.0.0.1').describe('Address the control plane listens on.'),
  SLUICE_CONTROL_PLANE_PORT: portVariable
    .prefault('4000')
    .describe('Port the control plane listens on. 0 lets the operating system choose.'),
  SLUICE_CONTROL_PLANE_ADMIN_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address for `/healthz`, `/readyz` and `/metrics` of the control plane.'),
  SLUICE_CONTROL_PLANE_ADMIN_PORT: portVariable
    .optional()
    .describe(
      'Port for `/healthz`, `/readyz` and `/metrics` of the control plane. Not set: none, so there are no metrics. 0 lets the operating system choose.',
    ),
  SLUICE_TRUSTED_PROXIES: parsedVariable(parseTrustedProxies)
    .prefault('')
    .describe(
      'Reverse proxies in front of the control plane whose `X-Forwarded-For` is believed: addresses, CIDR ranges, and the words `loopback`, `linklocal` and `uniquelocal`, separated by commas. Attempts to sign in are counted by the address that it names.',
    ),
  SLUICE_BOOTSTRAP_ADMIN_KEY: z
    .string()
    .min(MIN_BOOTSTRAP_KEY_LENGTH, `must have at least ${MIN_BOOTSTRAP_KEY_LENGTH} characters`)
    .transform((text) => new Secret(text))
    .optional()
    .describe(
      'A key that may do everything in every organization: gives automation its first one. At least 32 random characters. Remove it when it is not needed any longer.',
    ),
  SLUICE_INTROSPECTION: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether GraphQL introspection is answered. The schema is public in the repository; turning it off hides nothing but saves scanners the trouble.',
    ),
  SLUICE_EGRESS_ALLOW: parsedVariable((text) => EgressPolicy.parse(text))
    .prefault('')
    .describe(
      'Upstream addresses allowed beyond the public internet: host names, `*.suffix`, addresses, CIDR ranges, and the words `loopback` and `private`, separated by commas.',
    ),
  SLUICE_SECRETS_DIR: z
    .string()
    .optional()
    .describe(
      'A folder with a folder for each organization, named by its slug: settings of servers may refer to the files in it (`file:name`). Without it they cannot refer to files. Variables `SLUICE_SECRET_<ORGANIZATION>__<NAME>` can be referred to without further ado.',
    ),
  SLUICE_HEALTH_CHECK_SECONDS: integerVariable(0, 86_400)
    .prefault('300')
    .describe(
      'How long after a check whether an upstream is there the next one follows, in seconds, give or take a fifth; one that was not found is looked for five times as often. 0 turns the checks off.',
    ),
  SLUICE_CAPABILITY_REFRESH_SECONDS: integerVariable(0, 604_800)
    .prefault('3600')
    .describe(
      'How long after an upstream was asked what it offers it is asked again, in seconds, give or take a fifth; sooner where it says that its lists changed, where somebody connects it, and a fifth of it where it could not be asked. 0: only when it is asked for (`mcpServerCapabilitiesRefresh`).',
    ),
  SLUICE_CLIENT_ID_METADATA: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether clients may name themselves by the https URL of a document about them, which the control plane fetches (OAuth Client ID Metadata Document). With `off` they register.',
    ),
  SLUICE_TRAFFIC_RETENTION_DAYS: integerVariable(1, 3_650)
    .prefault('30')
    .describe('How many days interactions stay in the log. Each day goes as a whole when it is older than that.'),
  SLUICE_TRAFFIC_PAYLOAD_RETENTION_DAYS: integerVariable(1, 3_650)
    .prefault('7')
    .describe('How many days captured arguments and results are kept, where they are captured at all.'),
  SLUICE_AUDIT_RETENTION_DAYS: integerVariable(0, 36_500)
    .prefault('400')
    .describe('How many days audit events are kept: by default a year, and time to look back at it. 0: for ever.'),
  SLUICE_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('The least severe level that is logged.'),
  ...otlpVariables,
});

/** The control plane's configuration, read once at start. */
export type ControlPlaneConfig = ReturnType<typeof readControlPlaneConfig>;

/**
 * Reads the configuration.
 * @throws {ConfigError} naming every unusable variable.
 */
export function readControlPlaneConfig(env: NodeJS.ProcessEnv) {
  const variables = readConfig(controlPlaneVariables, env);
  return Object.freeze({
    databaseUrl: variables.DATABASE_URL,
    redis: variables.REDIS_URL,
    keyRing: variables.SLUICE_ENCRYPTION_KEYS,
    gateway: variables.SLUICE_GATEWAY,
    gatewayUrl: variables.SLUICE_GATEWAY_URL,
    controlPlaneUrl: variables.SLUICE_CONTROL_PLANE_URL,
    host: variables.SLUICE_CONTROL_PLANE_HOST,
    port: variables.SLUICE_CONTROL_PLANE_PORT,
    adminHost: variables.SLUICE_CONTROL_PLANE_ADMIN_HOST,
    adminPort: variables.SLUICE_CONTROL_PLANE_ADMIN_PORT,
    trustedProxies: variables.SLUICE_TRUSTED_PROXIES,
    bootstrapAdminKey: variables.SLUICE_BOOTSTRAP_ADMIN_KEY,
    introspection: variables.SLUICE_INTROSPECTION === 'on',
    egressPolicy: variables.SLUICE_EGRESS_ALLOW,
    secretSources: { directory: variables.SLUICE_SECRETS_DIR, variables: readSecretVariables(env) },
    healthCheckMs: variables.SLUICE_HEALTH_CHECK_SECONDS * 1_000,
    capabilityRefreshMs: variables.SLUICE_CAPABILITY_REFRESH_SECONDS * 1_000,
    hasClientDocuments: variables.SLUICE_CLIENT_ID_METADATA === 'on',
    retentionMs: variables.SLUICE_TRAFFIC_RETENTION_DAYS * DAY_MS,
    payloadRetentionMs: variables.SLUICE_TRAFFIC_PAYLOAD_RETENTION_DAYS * DAY_MS,
    auditRetentionMs: variables.SLUICE_AUDIT_RETENTION_DAYS === 0 ? undefined : variables.SLUICE_AUDIT_RETENTION_DAYS * DAY_MS,
    logLevel: variables.SLUICE_LOG_LEVEL,
    otlp: toOtlpSettings(variables),
  });
}

/** What settings of servers may refer to. Their names are the operator's choice, so they are no variables of the reference. */
function readSecretVariables(env: NodeJS.ProcessEnv): ReadonlyMap<string, Secret> {
  const named = Object.entries(env).filter(([name, value]) => SECRET_VARIABLE.test(name) && value !== undefined && value !== '');
  return new Map(named.map(([name, value]) => [name, new Secret(value!)]));
}

function parseTrustedProxies(text: string): readonly string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const fault = entries.find((entry) => !isTrustedProxy(entry));
  if (fault === undefined) return entries;
  throw new ConfigError(`SLUICE_TRUSTED_PROXIES: ${fault} is neither an address, a CIDR range, loopback, linklocal nor uniquelocal`);
}

function isTrustedProxy(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0) return ['loopback', 'linklocal', 'uniquelocal'].includes(entry);
  return rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)));
}

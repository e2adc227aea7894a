import type { McpServerUpdateInput, ServerSettingsQuery, TokenEndpointAuthMethod } from '../../../generated/graphql.ts';

/** The settings of a server as they were read. */
export type Settings = NonNullable<ServerSettingsQuery['mcpServer']>;

/** The settings as they stand in the form: what is not set is empty, and lists are lines. */
export type SettingsValues = ReturnType<typeof toValues>;

export function toValues(settings: Settings) {
  const { oauth, forwarding } = settings;
  return {
    name: settings.name,
    description: settings.description ?? '',
    url: settings.url,
    transport: settings.transport,
    authentication: settings.authentication,
    granularity: settings.granularity,
    headerNames: [...(settings.headerNames ?? [])],
    payloadCapture: settings.payloadCapture,
    clientId: oauth?.clientId ?? '',
    clientSecret: '',
    removesSecret: false,
    scopes: (oauth?.scopes ?? []).join(' '),
    tokenEndpointAuthMethod: oauth?.tokenEndpointAuthMethod ?? ('' as TokenEndpointAuthMethod | ''),
    issuer: oauth?.issuer ?? '',
    authorizationEndpoint: oauth?.authorizationEndpoint ?? '',
    tokenEndpoint: oauth?.tokenEndpoint ?? '',
    registrationEndpoint: oauth?.registrationEndpoint ?? '',
    revocationEndpoint: oauth?.revocationEndpoint ?? '',
    resource: oauth?.resource ?? '',
    audience: oauth?.audience ?? '',
    authorizeParameters: (oauth?.authorizeParameters ?? []).map(({ name, value }) => `${name}=${value}`).join('\n'),
    identityHeader: forwarding?.identityHeader ?? '',
    claimsHeader: forwarding?.claimsHeader ?? '',
    forwardedHeaders: (forwarding?.headers ?? []).map(({ from, to }) => (from === to ? from : `${from}: ${to}`)).join('\n'),
    upstreamTimeoutSeconds: settings.upstreamTimeoutSeconds ?? ('' as number | ''),
    upstreamIdleSeconds: settings.upstreamIdleSeconds ?? ('' as number | ''),
    connectRetries: settings.connectRetries as number | '',
    circuitBreakerFailures: settings.circuitBreakerFailures as number | '',
    circuitBreakerOpenSeconds: settings.circuitBreakerOpenSeconds as number | '',
    maxRequestBytes: settings.maxRequestBytes as number | '',
  };
}

/** What differs, and nothing else: what somebody else changed meanwhile stays. */
export function toChanges(before: SettingsValues, after: SettingsValues): McpServerUpdateInput {
  const [from, to] = [toInput(before), toInput(after)];
  const { oauth: oldOauth, ...oldRest } = from;
  const { oauth: newOauth, ...newRest } = to;
  const oauth = { ...pickChanged(oldOauth, newOauth), ...toSecret(after) };
  return { ...pickChanged(oldRest, newRest), ...(usesOauth(after) && Object.keys(oauth).length > 0 && { oauth }) };
}

/** Whether an authorization server has a part in it. */
export function usesOauth({ authentication }: Pick<SettingsValues, 'authentication'>): boolean {
  return authentication === 'OAUTH' || authentication === 'CLIENT_CREDENTIALS';
}

function toSecret({ clientSecret, removesSecret }: SettingsValues): { clientSecret?: string | null } {
  if (clientSecret !== '') return { clientSecret };
  return removesSecret ? { clientSecret: null } : {};
}

function toInput(values: SettingsValues) {
  return {
    name: values.name.trim(),
    description: orNull(values.description.trim()),
    url: values.url.trim(),
    transport: values.transport,
    authentication: values.authentication,
    granularity: values.granularity,
    headerNames: values.headerNames.length === 0 ? null : values.headerNames,
    payloadCapture: values.payloadCapture,
    forwarding: toForwarding(values),
    upstreamTimeoutSeconds: orNull(values.upstreamTimeoutSeconds),
    upstreamIdleSeconds: orNull(values.upstreamIdleSeconds),
    connectRetries: orNull(values.connectRetries),
    circuitBreakerFailures: orNull(values.circuitBreakerFailures),
    circuitBreakerOpenSeconds: orNull(values.circuitBreakerOpenSeconds),
    maxRequestBytes: orNull(values.maxRequestBytes),
    oauth: {
      clientId: orNull(values.clientId.trim()),
      scopes: values.scopes.trim() === '' ? null : values.scopes.trim().split(/\s+/),
      tokenEndpointAuthMethod: orNull(values.tokenEndpointAuthMethod),
      issuer: orNull(values.issuer.trim()),
      authorizationEndpoint: orNull(values.authorizationEndpoint.trim()),
      tokenEndpoint: orNull(values.tokenEndpoint.trim()),
      registrationEndpoint: orNull(values.registrationEndpoint.trim()),
      revocationEndpoint: orNull(values.revocationEndpoint.trim()),
      resource: orNull(values.resource.trim()),
      audience: orNull(values.audience.trim()),
      authorizeParameters: toLines(values.authorizeParameters).map((line) => {
        const [name, value] = splitAt(line, '=');
        return { name, value: value ?? '' };
      }),
    },
  };
}

function toForwarding({ identityHeader, claimsHeader, forwardedHeaders }: SettingsValues) {
  const headers = toLines(forwardedHeaders).map((line) => {
    const [from, to] = splitAt(line, ':');
    return { from, to: to ?? null };
  });
  const forwarding = { identityHeader: orNull(identityHeader.trim()), claimsHeader: orNull(claimsHeader.trim()), headers };
  return forwarding.identityHeader === null && forwarding.claimsHeader === null && headers.length === 0 ? null : forwarding;
}

function orNull<Value extends string | number>(value: Value | ''): Value | null {
  return value === '' ? null : value;
}

function toLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function splitAt(line: string, mark: string): [string, string | undefined] {
  const position = line.indexOf(mark);
  return position < 0 ? [line, undefined] : [line.slice(0, position).trim(), line.slice(position + 1).trim()];
}

function pickChanged<Fields extends object>(before: Fields, after: Fields): Partial<Fields> {
  const isSame = (field: string) => JSON.stringify(before[field as keyof Fields]) === JSON.stringify(after[field as keyof Fields]);
  return Object.fromEntries(Object.entries(after).filter(([field]) => !isSame(field))) as Partial<Fields>;
}

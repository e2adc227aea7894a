// Trust boundary: what an upstream says it offers. Pages, elements, sizes and time are bounded; what cannot be understood is left out.
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { ACCESS_BOUNDS, ToolHintsSchema, type CapabilityKind, type KnownCapability } from '../../contract/access-rule.ts';
import { findUiResource, hashDefinition } from '../../contract/capability-definition.ts';
import type { Transport } from '../../contract/snapshot.ts';
import type { Fetch } from '../egress/index.ts';

/** A capability as it was found. */
export interface FoundCapability extends KnownCapability {
  readonly description: string | undefined;
  readonly definition: string;
}

/** What an upstream says when it is asked. */
export interface Found {
  readonly capabilities: readonly FoundCapability[];
  /** `icons` of its serverInfo as they came. */
  readonly icons: unknown;
}

/** Where to look, and with which credential. */
export interface DiscoveryTarget {
  readonly url: string;
  readonly transport: Transport;
  readonly headers: Readonly<Record<string, string>>;
}

const MAX_PAGES = 200;
const MAX_DEFINITION_CHARS = 65_536;
const REQUEST_TIMEOUT_MS = 10_000;

const LISTS = [
  { kind: 'TOOL', method: 'tools/list', field: 'tools', named: 'name', needs: 'tools' },
  { kind: 'PROMPT', method: 'prompts/list', field: 'prompts', named: 'name', needs: 'prompts' },
  { kind: 'RESOURCE', method: 'resources/list', field: 'resources', named: 'uri', needs: 'resources' },
  { kind: 'RESOURCE_TEMPLATE', method: 'resources/templates/list', field: 'resourceTemplates', named: 'uriTemplate', needs: 'resources' },
] as const satisfies readonly { kind: CapabilityKind; method: string; field: string; named: string; needs: string }[];

const PageSchema = z.looseObject({ nextCursor: z.string().optional() });
const ElementSchema = z.looseObject({ title: z.string().optional(), description: z.string().optional() });

/** Asks an upstream of either era and transport for everything it offers. Throws where it cannot be asked. */
export async function discoverCapabilities(fetch: Fetch, target: DiscoveryTarget): Promise<Found> {
  const client = new Client({ name: 'sluice', version: '1.0.0' }, { capabilities: {}, versionNegotiation: { mode: 'auto' } });
  const options = { fetch, requestInit: { headers: { ...target.headers } } };
  const url = new URL(target.url);
  const streamable = target.transport === 'SSE' ? undefined : new StreamableHTTPClientTransport(url, options);
  try {
    await client.connect(streamable ?? new SSEClientTransport(url, options), { timeout: REQUEST_TIMEOUT_MS });
    const found = new Map<string, FoundCapability>();
    for (const list of LISTS) {
      if (client.getServerCapabilities()?.[list.needs] !== undefined) await readList(client, list, found);
    }
    return { capabilities: [...found.values()], icons: client.getServerVersion()?.icons };
  } finally {
    await streamable?.terminateSession().catch(() => undefined); // the session ends by itself, only later
    await client.close();
  }
}

async function readList(client: Client, list: (typeof LISTS)[number], found: Map<string, FoundCapability>): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await client.request({ method: list.method, params }, PageSchema, { timeout: REQUEST_TIMEOUT_MS });
    const elements: unknown = result[list.field];
    for (const element of Array.isArray(elements) ? (elements as unknown[]) : []) {
      if (found.size >= ACCESS_BOUNDS.capabilitiesPerServer) return;
      const capability = toCapability(list, element);
      if (capability !== undefined) found.set(`${list.kind}:${capability.name}`, capability);
    }
    if (result.nextCursor === undefined || result.nextCursor === cursor) return;
    cursor = result.nextCursor;
  }
}

function toCapability({ kind, named }: (typeof LISTS)[number], element: unknown): FoundCapability | undefined {
  const parsed = ElementSchema.safeParse(element);
  if (!parsed.success) return undefined;
  const name = parsed.data[named];
  const definitionHash = hashDefinition(kind, parsed.data);
  if (typeof name !== 'string' || name === '' || name.length > ACCESS_BOUNDS.nameChars || definitionHash === undefined) return undefined;
  const definition = JSON.stringify(parsed.data);
  // PostgreSQL stores no NUL, and nobody needs it.
  if (definition.length > MAX_DEFINITION_CHARS || definition.includes('\\u0000')) return undefined;
  const { title, description } = parsed.data;
  const hints = ToolHintsSchema.safeParse(parsed.data['annotations'] ?? {});
  return {
    kind,
    name,
    title,
    description,
    definition,
    annotations: kind === 'TOOL' && hints.success ? hints.data : undefined,
    definitionHash,
    uiResourceUri: kind === 'TOOL' ? findUiResource(parsed.data) : undefined,
  };
}

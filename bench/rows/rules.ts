import type { AccessRule, KnownCapability } from '../../contract/access-rule.ts';
import { SERVER, type ServerSettings } from '../upstream/workload-upstreams.ts';

/** One rule takes tools away by name, one asks for something of the caller, and one looks at the arguments of every call. */
const RULES: readonly AccessRule[] = [
  { id: 'rule_a', effect: 'DENY', capabilities: { kinds: ['TOOL'], patterns: ['records_delete_*'] } },
  { id: 'rule_b', effect: 'REQUIRE', capabilities: { kinds: ['TOOL'] }, callers: { workspaceRoles: ['MEMBER'] } },
  { id: 'rule_c', effect: 'REQUIRE', capabilities: { kinds: ['TOOL'] }, condition: '!has(arguments.limit) || arguments.limit <= 500' },
];

/** A server with rules about its tools, all of which allow the calls that are made. */
export const RULED: ServerSettings = { capabilities: [toTool(SERVER)], rules: RULES };

/** A server whose list of tools is not the same for its callers as for the gateway: of 200, those are left whose number has no 1 in front. */
export function toFilteredServer(count: number): ServerSettings {
  const capabilities = Array.from({ length: count }, (_, index) => toTool(`records_query_${index}`));
  const deny: AccessRule = { id: 'rule_d', effect: 'DENY', capabilities: { kinds: ['TOOL'], patterns: ['records_query_1*'] } };
  return { capabilities, rules: [deny] };
}

function toTool(name: string): KnownCapability {
  return { kind: 'TOOL', name, definitionHash: 'hash', annotations: { readOnlyHint: true } };
}

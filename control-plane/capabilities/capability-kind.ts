import { registerEnumType } from 'type-graphql';
import { CapabilityKindSchema } from '../../contract/access-rule.ts';

/** The kinds of capability, for GraphQL. */
export const CapabilityKindEnum = CapabilityKindSchema.enum;

registerEnumType(CapabilityKindEnum, {
  name: 'CapabilityKind',
  description: 'What kind of thing an MCP server offers.',
  valuesConfig: {
    TOOL: { description: 'A tool, by its name.' },
    PROMPT: { description: 'A prompt, by its name.' },
    RESOURCE: { description: 'A resource, by its URI.' },
    RESOURCE_TEMPLATE: { description: 'A template of resource URIs (RFC 6570), by its text.' },
  },
});

import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { CapabilityKind, ToolHints } from '../../contract/access-rule.ts';

/** Something that an upstream offers, or did. */
export const CapabilityEntity = defineEntity({
  name: 'Capability',
  tableName: 'capabilities',
  properties: {
    id: p.string().primary(),
    mcpServerId: p.string(),
    kind: p.string().$type<CapabilityKind>(),
    name: p.text(),
    title: p.text().nullable(),
    description: p.text().nullable(),
    /** The element of the upstream's list, JSON text. */
    definition: p.text(),
    annotations: p.json().$type<ToolHints>(),
    definitionHash: p.string(),
    uiResourceUri: p.text().nullable(),
    /** When it was first seen. */
    createdAt: p.datetime(),
    lastSeenAt: p.datetime(),
    vanishedAt: p.datetime().nullable(),
  },
});

export type Capability = InferEntity<typeof CapabilityEntity>;

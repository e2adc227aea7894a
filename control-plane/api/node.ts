import { Field, ID, InterfaceType } from 'type-graphql';
import { findNodeTypeName, type NodeTypeName } from './ids.ts';
import type { ApiContext } from './context.ts';

@InterfaceType('Node', {
  description: 'Anything with an id of its own (Relay, Global Object Identification).',
  resolveType: (value: { id: string }) => findNodeTypeName(value.id),
})
export abstract class NodeType {
  @Field(() => ID, { description: 'Opaque, with a prefix that says the type. Never changes.' })
  id!: string;
}

/** Reads an object that the caller may see, or null. */
export type NodeReader = (id: string, context: ApiContext) => Promise<NodeType | null>;

/** How each type of node is read. Every type with an id has an entry; the composition root puts them together. */
export type NodeReaders = Readonly<Partial<Record<NodeTypeName, NodeReader>>>;

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { findNodeTypeName } from '../api/ids.ts';
import { NodeType, type NodeReaders } from '../api/node.ts';

@Resolver()
export class NodeResolver {
  readonly #readers: NodeReaders;

  constructor(readers: NodeReaders) {
    this.#readers = readers;
  }

  @PerformsAction('viewer.read')
  @Query(() => NodeType, {
    nullable: true,
    description: 'Anything by its id, whatever its type; null where there is nothing that the caller sees.',
  })
  async node(
    @Arg('id', () => ID, { description: 'Its id; the prefix says the type.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<NodeType | null> {
    const type = findNodeTypeName(id);
    const read = type === undefined ? undefined : this.#readers[type];
    return read === undefined ? null : read(id, context);
  }
}

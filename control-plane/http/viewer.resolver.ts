import { Ctx, Field, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { batchUsers, UserType } from '../identity/index.ts';
import { readWorkspace, WorkspaceType } from '../workspaces/index.ts';

/** For whom the key of a request stands. */
export enum ViewerKind {
  INSTANCE_ADMIN = 'INSTANCE_ADMIN',
  SERVICE = 'SERVICE',
  USER = 'USER',
}

registerEnumType(ViewerKind, {
  name: 'ViewerKind',
  description: 'For whom the key of a request stands.',
  valuesConfig: {
    INSTANCE_ADMIN: { description: 'The holder of the bootstrap key, who may do everything.' },
    SERVICE: { description: 'A workspace, by a service key.' },
    USER: { description: 'A person, by a key of theirs.' },
  },
});

@ObjectType('Viewer', { description: 'Who is calling.' })
export class ViewerType {
  @Field(() => ViewerKind, { description: 'For whom the key stands.' })
  kind!: ViewerKind;

  @Field(() => UserType, { nullable: true, description: 'The person, where the key stands for one.' })
  user!: UserType | null;

  @Field(() => WorkspaceType, {
    nullable: true,
    description: 'The workspace that the key is for; null where it is for none or for all of them.',
  })
  workspace!: WorkspaceType | null;
}

@Resolver(() => ViewerType)
export class ViewerResolver {
  @PerformsAction('viewer.read')
  @Query(() => ViewerType, { description: 'Who is calling: a way to check a key.' })
  async viewer(@Ctx() context: ApiContext): Promise<ViewerType> {
    const { actor, workspaceSeats } = context.access;
    if (actor.kind === 'user') {
      const user = await context.loaders.load(batchUsers, actor.userId);
      return {
        kind: ViewerKind.USER,
        user,
        workspace: actor.workspaceId === null ? null : await readWorkspace(actor.workspaceId, context),
      };
    }
    const [workspaceId] = workspaceSeats.keys();
    if (actor.kind !== 'service' || workspaceId === undefined) return { kind: ViewerKind.INSTANCE_ADMIN, user: null, workspace: null };
    return { kind: ViewerKind.SERVICE, user: null, workspace: await readWorkspace(workspaceId, context) };
  }
}

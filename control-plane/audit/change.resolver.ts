import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import { followTopic } from '../api/live.ts';
import { CHANGES } from './change-feed.ts';
import { ChangeType, type Change } from './change.type.ts';

@Resolver(() => ChangeType)
export class ChangeResolver {
  @PerformsAction('change.read')
  @Subscription(() => ChangeType, {
    subscribe: followTopic(CHANGES, 'change.read'),
    description:
      'What is changed in an organization from now on, by whoever and through whichever control plane: those who oversee the organization are told of everything, managers of what belongs to their workspaces and of the servers that they may bring in, members of the workspaces, servers and grants that they see. The stream ends when what the caller may do changes, and whenever something may have been missed: connect again, and read anew what is shown.',
  })
  changes(
    @Root() change: Change,
    @Arg('organizationId', () => ID, { description: 'The organization. Nothing comes from one that the caller does not see.' })
    _organizationId: string,
  ): ChangeType {
    return change;
  }
}

import { expect, test } from 'vitest';
import type { SearchQuery } from '../generated/graphql.ts';
import { toFoundGroups } from './found-groups.ts';
import { navigation } from './navigation.ts';

const key = {
  id: 'key_1',
  name: 'Night script',
  prefix: 'slc_abc',
  isLockedDown: false,
  user: { id: 'usr_1', name: 'Max' },
  workspace: null,
};

test('where there are more keys than are shown, the search leads to all of them', () => {
  const [found] = toFoundGroups(navigation, ' night ', toQuery(true));
  expect(found!.items.map(({ to, search }) => [to, search])).toEqual([
    ['/api-keys', { find: 'slc_abc' }],
    ['/api-keys', { find: 'night' }],
  ]);
  expect(toFoundGroups(navigation, 'night', toQuery(false))[0]!.items).toHaveLength(1);
});

test('who has no list of all keys is led to their own', () => {
  const [found] = toFoundGroups(
    navigation.filter(({ to }) => to !== '/api-keys'),
    'night',
    toQuery(true),
  );
  expect(found!.items.map(({ to, search }) => [to, search])).toEqual([
    ['/keys', undefined],
    ['/keys', undefined],
  ]);
});

function toQuery(hasNextPage: boolean): SearchQuery {
  const none = { nodes: [], pageInfo: { hasNextPage: false } };
  const apiKeys = { nodes: [key], pageInfo: { hasNextPage } };
  return { organization: { id: 'org_1', mcpServers: none, workspaces: none, users: none, apiKeys } };
}

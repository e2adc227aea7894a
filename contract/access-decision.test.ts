import { describe, expect, it } from 'vitest';
import { decideServerAccess } from './access-decision.ts';
import type { Route } from './snapshot.ts';

const open: Route = { slug: 'docs', serverId: 'mcps_1', grantId: 'grant_1', defaultUserAccess: 'ALLOW' };
const closed: Route = { ...open, defaultUserAccess: 'DENY' };

describe('decideServerAccess', () => {
  it('lets a service key use what the workspace was granted, whatever people get', () => {
    for (const route of [open, closed, { ...closed, userOverrides: { usr_1: 'DENY' as const } }]) {
      expect(decideServerAccess(route, { kind: 'SERVICE' })).toEqual({ access: 'ALLOW', decidedBy: 'grant' });
    }
  });

  it('gives a person the default', () => {
    const person = { kind: 'USER', userId: 'usr_1' } as const;
    expect(decideServerAccess(open, person)).toEqual({ access: 'ALLOW', decidedBy: 'default_user_access' });
    expect(decideServerAccess(closed, person)).toEqual({ access: 'DENY', decidedBy: 'default_user_access' });
  });

  it('puts an override above the default, for that person only', () => {
    const routes = [
      { ...open, userOverrides: { usr_1: 'DENY' as const } },
      { ...closed, userOverrides: { usr_1: 'ALLOW' as const } },
    ];
    const decide = (userId: string) => routes.map((route) => decideServerAccess(route, { kind: 'USER', userId }));
    expect(decide('usr_1')).toEqual([
      { access: 'DENY', decidedBy: 'user_override' },
      { access: 'ALLOW', decidedBy: 'user_override' },
    ]);
    expect(decide('usr_2').map(({ decidedBy }) => decidedBy)).toEqual(['default_user_access', 'default_user_access']);
  });
});

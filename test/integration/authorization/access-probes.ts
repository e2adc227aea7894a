import type { Probe } from './role-walk-probes.ts';
import { unique, type Role } from './role-walk-world.ts';

const OVERSEERS: readonly Role[] = ['instanceAdmin', 'owner', 'admin', 'auditor'];
const ADMINS: readonly Role[] = ['instanceAdmin', 'owner', 'admin'];
const MANAGERS: readonly Role[] = ['instanceAdmin', 'owner', 'admin', 'manager', 'serviceKey'];
/** Callers who see what restricts a workspace. */
const SEES_RULES: readonly Role[] = [...OVERSEERS, 'manager', 'serviceKey', 'readOnlyManager'];
const SIGNED_IN: readonly Role[] = [...SEES_RULES, 'member', 'memberWithoutSeat', 'managerElsewhere', 'ownerOfAnother'];

const FAULTS = 'userErrors { code }';

/** Probes for what decides who may use which tool. */
export const accessProbes: Readonly<Record<string, Probe>> = {
  accessRule: {
    query: 'query ($id: ID!) { accessRule(id: $id) { id } }',
    variables: async (world) => ({ id: (await world.addRule()).id }),
    done: SEES_RULES,
    rest: 'hidden',
  },
  accessRuleByName: {
    query: 'query ($parentId: ID!, $name: String!) { accessRuleByName(parentId: $parentId, name: $name) { id } }',
    variables: async (world) => ({ parentId: world.grantId, name: (await world.addRule()).name }),
    done: SEES_RULES,
    rest: 'hidden',
  },
  capability: {
    query: 'query ($id: ID!) { capability(id: $id) { id } }',
    variables: async (world) => ({ id: (await world.addCapability()).id }),
    done: [...SEES_RULES, 'managerElsewhere'],
    rest: 'hidden',
  },
  capabilityByName: {
    query: 'query ($mcpServerId: ID!, $name: String!) { capabilityByName(mcpServerId: $mcpServerId, kind: TOOL, name: $name) { id } }',
    variables: async (world) => ({ mcpServerId: world.server.id, name: (await world.addCapability()).name }),
    done: [...SEES_RULES, 'managerElsewhere'],
    rest: 'hidden',
  },
  mcpServerCapabilitiesRefresh: {
    // Nobody has connected it, so whoever may ask learns that.
    query: `mutation ($id: ID!) { mcpServerCapabilitiesRefresh(id: $id) { ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addServer()).id }),
    done: ADMINS,
    forbidden: ['auditor', 'readOnlyManager', 'managerElsewhere', 'manager', 'serviceKey'],
    rest: 'hidden',
    isServed: (answer) => (answer as { userErrors: { code: string }[] }).userErrors[0]?.code === 'INVALID',
  },
  accessGrantCapabilityUpdate: {
    query: `mutation ($id: ID!, $capabilityId: ID!) {
      accessGrantCapabilityUpdate(id: $id, input: { capabilityIds: [$capabilityId], enabled: false }) { ${FAULTS} }
    }`,
    variables: async (world) => ({ id: world.grantId, capabilityId: (await world.addCapability()).id }),
    done: MANAGERS,
    forbidden: ['auditor', 'member', 'readOnlyManager'],
    rest: 'hidden',
  },
  accessGrantCapabilityApprove: {
    query: `mutation ($id: ID!, $capabilityId: ID!) {
      accessGrantCapabilityApprove(id: $id, input: { approvals: [{ capabilityId: $capabilityId, definitionDigest: "hash" }] }) { ${FAULTS} }
    }`,
    variables: async (world) => ({ id: world.grantId, capabilityId: (await world.addCapability()).id }),
    done: MANAGERS,
    forbidden: ['auditor', 'member', 'readOnlyManager'],
    rest: 'hidden',
  },
  lockdown: {
    query: 'query ($id: ID!) { lockdown(id: $id) { id } }',
    variables: async (world) => ({ id: (await world.addLockdown()).id }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  lockdownBySubject: {
    query: 'query ($subjectId: ID!) { lockdownBySubject(subjectId: $subjectId) { id } }',
    variables: async (world) => ({ subjectId: (await world.addLockdown()).subjectId }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  lockdownCreate: {
    query: `mutation ($subjectId: ID!) { lockdownCreate(input: { subjectId: $subjectId }) { ${FAULTS} } }`,
    variables: async (world) => ({ subjectId: (await world.addPerson()).id }),
    done: ADMINS,
    forbidden: ['auditor', 'readOnlyManager'],
    rest: 'hidden',
  },
  lockdownUpdate: {
    query: `mutation ($id: ID!) { lockdownUpdate(id: $id, input: { reason: "x" }) { ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addLockdown()).id }),
    done: ADMINS,
    forbidden: ['auditor', 'readOnlyManager'],
    rest: 'hidden',
  },
  lockdownDelete: {
    query: `mutation ($id: ID!) { lockdownDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addLockdown()).id }),
    done: ADMINS,
    forbidden: ['auditor', 'readOnlyManager'],
    rest: 'hidden',
  },
  explainAccess: {
    query: 'query ($input: ExplainAccessInput!) { explainAccess(input: $input) { isAllowed } }',
    variables: (world) => ({ input: { workspaceId: world.workspace.id, mcpServerId: world.server.id, userId: world.person.id } }),
    done: SEES_RULES,
    rest: 'hidden',
  },
  accessConditionCheck: {
    query: '{ accessConditionCheck(condition: "true") { isValid } }',
    variables: () => ({}),
    done: SIGNED_IN,
    rest: 'hidden',
  },
  accessRuleCreate: {
    query: `mutation ($input: AccessRuleCreateInput!) { accessRuleCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => ({
      input: { accessGrantId: world.grantId, name: unique('rule'), effect: 'DENY', capabilities: { patterns: ['x'] } },
    }),
    done: MANAGERS,
    forbidden: ['auditor', 'member', 'readOnlyManager'],
    rest: 'hidden',
  },
  accessRuleUpdate: {
    query: `mutation ($id: ID!) { accessRuleUpdate(id: $id, input: { enabled: false }) { ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addRule()).id }),
    done: MANAGERS,
    forbidden: ['auditor', 'readOnlyManager'],
    rest: 'hidden',
  },
  accessRuleDelete: {
    query: `mutation ($id: ID!) { accessRuleDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addRule()).id }),
    done: MANAGERS,
    forbidden: ['auditor', 'readOnlyManager'],
    rest: 'hidden',
  },
};

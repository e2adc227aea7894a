/** What is lost with something that is deleted, each with how many. */
const losses = {
  memberships: (count, isOne) => `${count} ${isOne ? 'membership' : 'memberships'}`,
  people: (count, isOne) => `${count} ${isOne ? 'person' : 'people'}`,
  servers: (count, isOne) => `the access to ${count} ${isOne ? 'server' : 'servers'}`,
  rules: (count, isOne) => `${count} ${isOne ? 'rule' : 'rules'}`,
  exceptions: (count, isOne) => `${count} ${isOne ? 'exception' : 'exceptions'}`,
  switches: (count, isOne) => `${count} ${isOne ? 'tool, prompt or resource' : 'tools, prompts and resources'} being off`,
  keys: (count, isOne) => `${count} ${isOne ? 'key' : 'keys'}`,
  connections: (count, isOne) => `${count} ${isOne ? 'connection' : 'connections'}`,
  accounts: (count, isOne) => `${count} connected ${isOne ? 'account' : 'accounts'}`,
  clients: (count, isOne) => `what ${count} allowed ${isOne ? 'client' : 'clients'} may do`,
} satisfies Record<string, (count: string, isOne: boolean) => string>;

export type LossKind = keyof typeof losses;

/** How losses are put into a sentence. */
export const texts = {
  losses,
  orMore: (count: number) => `${count} or more`,
  join: (parts: readonly string[]) => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`),
} as const;

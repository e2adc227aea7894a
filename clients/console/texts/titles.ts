/** What pages are called, apart from their other texts: the frame names them all before any of them is loaded. */
export const titles = {
  servers: 'Servers',
  workspaces: 'Workspaces',
  people: 'People',
  keys: 'My keys',
  allKeys: 'API keys',
  identityProviders: 'Identity providers',
  myServers: 'My servers',
  clients: 'Clients I allowed',
  interactions: 'Activity',
  usage: 'Usage',
  gateways: 'Gateways',
  audit: 'Audit',
} as const;

import type { FirstWorld } from './first-world.ts';

export interface Addresses {
  readonly consoleUrl: string;
  readonly graphqlUrl: string;
  readonly gatewayUrl: string;
  /** The data plane's probes and metrics. */
  readonly adminUrl: string | undefined;
  readonly logFolder: string;
  readonly secretsFile: string;
}

/** What is printed once, on the first start: every key is shown here and never again. */
export function describeFirstStart(addresses: Addresses, world: FirstWorld): string {
  const administrator = [
    '  Administrator API key',
    `    ${world.administratorKey}`,
    '',
    '  Open the console as the administrator, whose e-mail address is administrator@example.com. This link works once, for a day:',
    `    ${world.signInUrl}`,
    '',
  ];
  return `\n${[...describeAddresses(addresses), ...administrator, ...describeSample(world)].join('\n')}\n`;
}

/** What is printed on every other start. */
export function describeLaterStart(addresses: Addresses): string {
  const keys = [
    '  Keys were shown at the first start and cannot be shown again. Make and revoke them in the console, or through the',
    '  GraphQL API (apiKeyCreate, apiKeyRevoke), with an administrator key or with the bootstrap key in',
    `    ${addresses.secretsFile}`,
    '  Who forgot their password gets a one-time link in the same way (userSignInLinkCreate).',
    '',
  ];
  return `\n${[...describeAddresses(addresses), ...keys].join('\n')}\n`;
}

/** What is printed last, once everything that a start does is done. */
export const RUNNING = '  Sluice is running. Ctrl-C stops it; the data stays.\n';

function describeAddresses(addresses: Addresses): string[] {
  const lines = [
    `  Console         ${addresses.consoleUrl}`,
    `  GraphQL API     ${addresses.graphqlUrl}`,
    `  Gateway         ${addresses.gatewayUrl}/:workspace/:server/mcp`,
  ];
  if (addresses.adminUrl !== undefined) lines.push(`  Probes          ${addresses.adminUrl}/readyz, ${addresses.adminUrl}/metrics`);
  return [...lines, `  Logs            ${addresses.logFolder}`, ''];
}

function describeSample(world: FirstWorld): string[] {
  if (world.sample === undefined) return [];
  const { url, memberKey } = world.sample;
  const server = { type: 'http', url, headers: { Authorization: `Bearer ${memberKey}` } };
  const configuration = JSON.stringify({ mcpServers: { 'sluice-sample': server } }, undefined, 2);
  return [
    "  Sample MCP server, with a member's key. Paste this into your MCP client:",
    '',
    configuration,
    '',
    '  These keys and the link are shown only now.',
    '',
  ];
}

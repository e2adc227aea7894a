export { listServers } from '../mcp-servers/index.ts';

export { MAX_ICON_BYTES, type IconImage } from './icon-image.ts';
export { readIconImage } from './icon-queries.ts';
export { toIconSources } from './icon-sources.ts';
export { McpServerIconResolver } from './mcp-server-icon.resolver.ts';
export { readIcon, toDataUrl } from './read-icon.ts';
export { ServerIcons, type IconOwner } from './server-icons.ts';

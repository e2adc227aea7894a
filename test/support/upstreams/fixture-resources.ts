import { ResourceTemplate, type McpServer } from '@modelcontextprotocol/server';
import { PNG } from './fixture-content.ts';

export function registerResources(server: McpServer): void {
  const plain = { description: 'A static text.', mimeType: 'text/plain' };
  server.registerResource('static-text', 'test://static-text', plain, () => ({
    contents: [{ uri: 'test://static-text', mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
  }));
  server.registerResource('static-binary', 'test://static-binary', { description: 'A static image.', mimeType: 'image/png' }, () => ({
    contents: [{ uri: 'test://static-binary', mimeType: 'image/png', blob: PNG }],
  }));
  const watched = { description: 'A resource to subscribe to.', mimeType: 'text/plain' };
  server.registerResource('watched-resource', 'test://watched-resource', watched, () => ({
    contents: [{ uri: 'test://watched-resource', mimeType: 'text/plain', text: 'Watched resource content' }],
  }));
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  server.registerResource('template', template, { description: 'One resource an id.', mimeType: 'application/json' }, (uri, { id }) => ({
    contents: [
      {
        uri: uri.href,
        mimeType: 'application/json',
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
      },
    ],
  }));
}

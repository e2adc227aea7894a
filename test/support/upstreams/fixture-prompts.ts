import { completable, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { PNG } from './fixture-content.ts';

const PLACES = ['paris', 'park', 'party'];
const Arguments = z.object({
  arg1: completable(z.string().describe('First test argument'), (value) => PLACES.filter((place) => place.startsWith(value))),
  arg2: z.string().describe('Second test argument'),
});

export function registerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments.' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'This is a simple prompt for testing.' } }],
  }));
  const withArguments = { description: 'A prompt with two arguments.', argsSchema: Arguments };
  server.registerPrompt('test_prompt_with_arguments', withArguments, ({ arg1, arg2 }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` } }],
  }));
  const embedding = {
    description: 'A prompt with a resource.',
    argsSchema: z.object({ resourceUri: z.string().describe('The resource') }),
  };
  server.registerPrompt('test_prompt_with_embedded_resource', embedding, ({ resourceUri }) => ({
    messages: [
      {
        role: 'user',
        content: {
          type: 'resource',
          resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
      },
      { role: 'user', content: { type: 'text', text: 'Please process the embedded resource above.' } },
    ],
  }));
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt with an image.' }, () => ({
    messages: [
      { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } },
      { role: 'user', content: { type: 'text', text: 'Please analyze the image above.' } },
    ],
  }));
}

import { inputResponse, inputRequired, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { text } from './fixture-content.ts';

type Schema = Extract<Parameters<typeof inputRequired.elicit>[0]['requestedSchema'], { type: 'object' }>;

const USER: Schema = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

/** SEP-1034: a default for each primitive type. */
const DEFAULTS: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
  required: [],
};

/** SEP-1330: the five ways to write a choice. */
const ENUMS: Schema = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: {
      type: 'string',
      oneOf: [
        { const: 'value1', title: 'First Option' },
        { const: 'value2', title: 'Second Option' },
        { const: 'value3', title: 'Third Option' },
      ],
    },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: {
      type: 'array',
      items: {
        anyOf: [
          { const: 'value1', title: 'First Choice' },
          { const: 'value2', title: 'Second Choice' },
          { const: 'value3', title: 'Third Choice' },
        ],
      },
    },
  },
  required: [],
};

/** The tools that ask the client something in the middle of a call: by a request of their own in legacy revisions, by an `input_required` result in modern ones. */
export function registerAskingTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks the model of the client.', inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, ctx) => {
      const answer = inputResponse(ctx.mcpReq.inputResponses, 'answer');
      if (answer.kind === 'sampling') return text(`LLM response: ${JSON.stringify(answer.result.content)}`);
      const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
      return inputRequired({ inputRequests: { answer: inputRequired.createMessage({ messages, maxTokens: 100 }) } });
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user of the client.', inputSchema: z.object({ message: z.string() }) },
    ({ message }, ctx) => ask(ctx, message, USER, 'User response'),
  );
  server.registerTool('test_elicitation_sep1034_defaults', { description: 'Asks with defaults.' }, (ctx) =>
    ask(ctx, 'Please review and update the form fields with defaults', DEFAULTS, 'Elicitation completed'),
  );
  server.registerTool('test_elicitation_sep1330_enums', { description: 'Asks with choices.' }, (ctx) =>
    ask(ctx, 'Please select options from the enum fields', ENUMS, 'Elicitation completed'),
  );
  server.registerTool('test_streaming_elicitation', { description: 'Asks the user while its stream is open.' }, (ctx) =>
    ask(ctx, 'Streaming elicitation test', USER, 'User response'),
  );
}

function ask(ctx: ServerContext, message: string, requestedSchema: Schema, heading: string) {
  const answer = inputResponse(ctx.mcpReq.inputResponses, 'answer');
  if (answer.kind !== 'elicit') return inputRequired({ inputRequests: { answer: inputRequired.elicit({ message, requestedSchema }) } });
  return text(`${heading}: action=${answer.action}, content=${JSON.stringify('content' in answer ? answer.content : undefined)}`);
}

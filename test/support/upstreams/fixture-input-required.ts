import { randomBytes } from 'node:crypto';
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type ClientCapabilities,
  type InputRequiredSpec,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { text } from './fixture-content.ts';

/** Seals the state of a call that goes several rounds, so that a client cannot change it. */
export const requestStates = createRequestStateCodec<{ readonly tool: string; readonly round: number }>({ key: randomBytes(32) });

type InputRequests = NonNullable<InputRequiredSpec['inputRequests']>;

const Name = z.object({ name: z.string() });
const Confirmation = z.object({ ok: z.boolean() });
const Color = z.object({ color: z.string() });
const Context = z.object({ context: z.string() });

/** SEP-2322: calls that end with a question and are repeated with the answer. */
export function registerInputRequiredTools(server: McpServer): void {
  registerQuestions(server);
  registerStatefulQuestions(server);
  registerCapabilityChecks(server);
}

function registerQuestions(server: McpServer): void {
  server.registerTool('test_input_required_result_elicitation', { description: 'Asks for a name.' }, (ctx) => {
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'user_name', Name);
    return answer === undefined ? inputRequired({ inputRequests: { user_name: askName() } }) : text(`Hello, ${answer.name}!`);
  });
  server.registerTool('test_input_required_result_sampling', { description: 'Asks the model.' }, (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, 'capital_question');
    if (answer.kind === 'sampling') return text(JSON.stringify(answer.result.content));
    return inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?', 100) } });
  });
  server.registerTool('test_input_required_result_list_roots', { description: 'Asks for the roots.' }, (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, 'client_roots');
    if (answer.kind === 'roots') return text(`Roots: ${answer.roots.map((root) => root.uri).join(', ')}`);
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  server.registerPrompt('test_input_required_result_prompt', { description: 'A prompt that asks for its context.' }, (ctx) => {
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'user_context', Context);
    const message = 'What context should the prompt use?';
    if (answer === undefined)
      return inputRequired({ inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema: Context }) } });
    return { messages: [{ role: 'user', content: { type: 'text', text: `Context: ${answer.context}` } }] };
  });
}

function registerStatefulQuestions(server: McpServer): void {
  for (const tool of ['test_input_required_result_request_state', 'test_input_required_result_tampered_state']) {
    server.registerTool(tool, { description: 'Asks for a confirmation and checks its own state.' }, async (ctx) => {
      const confirmed = acceptedContent(ctx.mcpReq.inputResponses, 'confirm', Confirmation) !== undefined;
      if (confirmed && roundOf(ctx, tool) === 1) return text('state-ok');
      const confirm = inputRequired.elicit({ message: 'Please confirm', requestedSchema: Confirmation });
      return inputRequired({ inputRequests: { confirm }, requestState: await requestStates.mint({ tool, round: 1 }) });
    });
  }
  const several = 'test_input_required_result_multiple_inputs';
  server.registerTool(several, { description: 'Asks for three things at once.' }, async (ctx) => {
    const answers = ['user_name', 'greeting', 'client_roots'].map((key) => inputResponse(ctx.mcpReq.inputResponses, key).kind);
    if (!answers.includes('missing') && roundOf(ctx, several) === 1) return text(`All inputs received: ${answers.join(', ')}`);
    const inputRequests = { user_name: askName(), greeting: askModel('Generate a greeting', 50), client_roots: inputRequired.listRoots() };
    return inputRequired({ inputRequests, requestState: await requestStates.mint({ tool: several, round: 1 }) });
  });
  const rounds = 'test_input_required_result_multi_round';
  server.registerTool(rounds, { description: 'Asks twice.' }, async (ctx) => {
    const round = roundOf(ctx, rounds);
    const color = acceptedContent(ctx.mcpReq.inputResponses, 'step2', Color);
    if (round === 2 && color !== undefined) return text(`Favorite color: ${color.color}`);
    const named = round === 1 && acceptedContent(ctx.mcpReq.inputResponses, 'step1', Name) !== undefined;
    const inputRequests: InputRequests = named
      ? { step2: inputRequired.elicit({ message: 'Step 2: What is your favorite color?', requestedSchema: Color }) }
      : { step1: inputRequired.elicit({ message: 'Step 1: What is your name?', requestedSchema: Name }) };
    return inputRequired({ inputRequests, requestState: await requestStates.mint({ tool: rounds, round: named ? 2 : 1 }) });
  });
}

function registerCapabilityChecks(server: McpServer): void {
  server.registerTool('test_input_required_result_capabilities', { description: 'Asks only for what the client can give.' }, (ctx) => {
    const declared = declaredCapabilities(server, ctx);
    const inputRequests = {
      ...(declared.elicitation === undefined ? {} : { user_name: askName() }),
      ...(declared.sampling === undefined ? {} : { capital_question: askModel('What is the capital of France?', 100) }),
    };
    const answered = Object.keys(inputRequests).some((key) => inputResponse(ctx.mcpReq.inputResponses, key).kind !== 'missing');
    return answered || Object.keys(inputRequests).length === 0 ? text('No more input needed') : inputRequired({ inputRequests });
  });
  server.registerTool('test_missing_capability', { description: 'Needs a client that offers sampling.' }, (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, 'capital_question');
    if (answer.kind === 'sampling') return text(JSON.stringify(answer.result.content));
    // Where the client does not offer sampling, the SDK refuses to ask with -32021.
    return inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?', 100) } });
  });
}

function askName() {
  return inputRequired.elicit({ message: 'What is your name?', requestedSchema: Name });
}

function askModel(question: string, maxTokens: number) {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: question } }], maxTokens });
}

/** What the client says it can do: in each modern request, once a session in the legacy era. */
function declaredCapabilities(server: McpServer, ctx: ServerContext): ClientCapabilities {
  const envelope: Record<string, unknown> = { ...ctx.mcpReq.envelope };
  return envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities() ?? {};
}

/** The round this call's state was made in; 0 for a first call and for the state of another tool. */
function roundOf(ctx: ServerContext, tool: string): number {
  const state = ctx.mcpReq.requestState<{ readonly tool: string; readonly round: number }>();
  return state?.tool === tool ? state.round : 0;
}

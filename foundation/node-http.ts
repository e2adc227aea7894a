/**
 * Node's HTTP. An `import` of it reads every export once, also those that Node makes only when somebody asks: `WebSocket` and its events,
 * for which it loads the whole client behind `fetch`. That was 40 ms of every start, for what nobody here uses.
 */
export const { Agent, createServer, IncomingMessage, request } = process.getBuiltinModule('node:http');

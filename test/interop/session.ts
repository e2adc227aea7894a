/** How a client presents its API key. */
export type KeyHeader = 'authorization' | 'x-sluice-api-key';

/** Where a client connects to, and as whom. */
export interface Destination {
  readonly url: string;
  readonly key: string;
  readonly keyHeader: KeyHeader;
}

/** What a client asked for through the gateway, whatever client it is. Answers are the client's own JSON, as text. */
export interface Session {
  listTools(): Promise<string>;
  listResources(): Promise<string>;
  listPrompts(): Promise<string>;
  callTool(name: string, args: Readonly<Record<string, unknown>>): Promise<string>;
  readResource(uri: string): Promise<string>;
  getPrompt(name: string): Promise<string>;
  /** Absent where the client cannot show it. */
  readonly interactive?: Interactive;
  close(): Promise<void>;
}

export interface Interactive {
  /** The progress that a call reported, in order. */
  callWithProgress(name: string, args: Readonly<Record<string, unknown>>): Promise<readonly number[]>;
  /** Asks for every log message, and resolves with the next one. Absent in modern revisions, where a session has no log level. */
  nextLogMessage?(trigger: () => Promise<unknown>): Promise<string>;
}

/** A kind of client. */
export interface InteropClient {
  readonly name: string;
  connect(destination: Destination): Promise<Session>;
}

/** What the clients that can be asked something answer. */
export const SAMPLING_ANSWER = 'Forty-two, said the model';
export const ELICITATION_ANSWER = 'Ada Lovelace';

/** The header by which the gateway knows the caller: name and value. */
export function toKeyHeader({ key, keyHeader }: Destination): readonly [name: KeyHeader, value: string] {
  return [keyHeader, keyHeader === 'authorization' ? `Bearer ${key}` : key];
}

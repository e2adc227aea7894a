import { isCustomScheme, isLoopback } from '../shim/redirect-target.ts';

/** What a person is told about a client. Its name is its own word, so what can be relied on stands beside it. */
export interface ClientView {
  readonly name: string;
  /** Where its description comes from. */
  readonly origin: string;
  /** Where the person will be sent back. */
  readonly destination: string;
  readonly warning: string | undefined;
}

interface KnownClient {
  readonly clientId: string;
  readonly clientName?: string | undefined;
}

const UNNAMED = 'An application without a name';

/** What is said of a client that wants the person back at `redirectUri`. */
export function toClientView({ clientId, clientName }: KnownClient, redirectUri: string): ClientView {
  const url = new URL(redirectUri);
  const isDocument = clientId.startsWith('https://');
  const name = clientName === undefined || clientName.trim() === '' ? UNNAMED : clientName;
  return {
    name,
    origin: isDocument
      ? `described by ${new URL(clientId).host}`
      : 'The name is what the application says of itself; nobody has checked it.',
    destination: describeDestination(url),
    // A program on this machine can claim to be any other one (RFC 8252 section 8.6).
    warning:
      isLoopback(url) || isCustomScheme(url)
        ? 'Allow this only if you have just started it yourself: any program on your computer can ask under this name.'
        : undefined,
  };
}

function describeDestination(url: URL): string {
  if (isLoopback(url)) return `a program on this computer (${url.host})`;
  if (isCustomScheme(url)) return `the application on this device that opens ${url.protocol} links`;
  return url.host;
}

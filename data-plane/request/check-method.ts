const METHODS: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE']);

/** Whether MCP gives the method a meaning (2025-11-25, Transports, Streamable HTTP). What has none must not reach an upstream, which may give it one. */
export function isMcpMethod(method: string | undefined): method is 'GET' | 'POST' | 'DELETE' {
  return method !== undefined && METHODS.has(method);
}

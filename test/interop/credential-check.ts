import { startPassThrough } from '../support/pass-through.ts';

/** In front of an upstream: notes requests that lack the stored credential. */
export interface CredentialCheck {
  readonly url: string;
  /** What was wrong with the requests since the last time; nothing of the caller's key may be in them. */
  takeFaults(callerKey: string): string[];
  close(): Promise<void>;
}

export async function startCredentialCheck(
  target: string,
  credential: { readonly name: string; readonly value: string },
): Promise<CredentialCheck> {
  const { origin, pathname, host } = new URL(target);
  const seen: { readonly hasCredential: boolean; readonly rawHeaders: readonly string[] }[] = [];
  const hop = await startPassThrough(({ headers, rawHeaders }) => {
    seen.push({ hasCredential: headers[credential.name] === credential.value, rawHeaders });
    return { origin, headers: rawHeaders.map((part, i) => (i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host' ? host : part)) };
  });
  return {
    url: hop.origin + pathname,
    takeFaults: (callerKey) => {
      const faults = new Set<string>();
      for (const { hasCredential, rawHeaders } of seen.splice(0)) {
        if (!hasCredential) faults.add('a request came without the stored credential');
        if (JSON.stringify(rawHeaders).includes(callerKey)) faults.add('the key of the caller went upstream');
      }
      return [...faults];
    },
    close: () => hop.close(),
  };
}

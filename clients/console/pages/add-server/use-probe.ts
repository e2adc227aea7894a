import { useEffect, useState } from 'react';
import { client } from '../../api/client.ts';
import { explainError, toDocument } from '../../api/operation.ts';
import { AddServerProbeDocument, type McpServerProbeInput } from '../../generated/graphql.ts';
import { parseServerUrl, type Probe } from './propose.ts';

/** What looking at a URL has come to. */
export type ProbeState =
  | { readonly kind: 'none' }
  | { readonly kind: 'looking' }
  | { readonly kind: 'found'; readonly probe: Probe }
  | { readonly kind: 'failed'; readonly message: string };

/** Typing rests for so long before the server is looked at. */
const REST_MS = 500;

/** Looks at a URL while it is entered; the last one that was entered wins. */
export function useProbe(
  text: string,
  place: Omit<McpServerProbeInput, 'url' | 'headers'>,
  onFound: (url: URL, probe: Probe | undefined) => void,
): { readonly state: ProbeState; readonly lookAgain: () => void } {
  const [state, setState] = useState<ProbeState>({ kind: 'none' });
  const [round, setRound] = useState(0);
  const href = parseServerUrl(text)?.href;
  const workspaceId = place.workspaceId ?? null;
  useEffect(() => {
    setState({ kind: 'none' });
    if (href === undefined) return;
    let isWanted = true;
    const show = async (address: string) => {
      const next = await look({ ...place, workspaceId, url: address });
      if (!isWanted) return;
      setState(next);
      onFound(new URL(address), next.kind === 'found' ? next.probe : undefined);
    };
    const timer = setTimeout(() => {
      setState({ kind: 'looking' });
      void show(href);
    }, REST_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the place is named by its workspace
  }, [href, workspaceId, round]);
  return { state, lookAgain: () => setRound((count) => count + 1) };
}

async function look(input: McpServerProbeInput): Promise<ProbeState> {
  const { data, error } = await client.mutation(toDocument(AddServerProbeDocument), { input }).toPromise();
  if (error !== undefined) return { kind: 'failed', message: explainError(error) };
  const { probe, userErrors } = data!.mcpServerProbe;
  if (probe == null) return { kind: 'failed', message: userErrors.map(({ message }) => message).join(' ') };
  return { kind: 'found', probe };
}

import { z } from 'zod';
import { findForwardingFault, MAX_FORWARDED_HEADERS, type Forwarding } from '../../contract/forwarding.ts';

const nameRule = z.string().superRefine((name, context) => {
  const fault = findForwardingFault(name);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: `The name ${fault}.` });
});

/** What may be forwarded. Each header upstream has one source, and what says who calls none but the gateway. */
export const forwardingRule = z
  .object({
    headers: z
      .array(z.object({ from: nameRule, to: nameRule.nullish() }))
      .max(MAX_FORWARDED_HEADERS, `At most ${MAX_FORWARDED_HEADERS} headers are forwarded.`),
    identityHeader: nameRule.nullish(),
    claimsHeader: nameRule.nullish(),
  })
  .superRefine(({ claimsHeader, headers, identityHeader }, context) => {
    const names = [...headers.map(({ from, to }) => to ?? from), identityHeader, claimsHeader].filter((name) => name != null);
    const lower = names.map((name) => name.toLowerCase());
    if (new Set(lower).size === lower.length) return;
    context.addIssue({ code: 'custom', path: ['headers'], message: 'Two of them have the same name upstream.' });
  })
  .transform(({ claimsHeader, headers, identityHeader }): Forwarding => {
    const renamed = headers.map(({ from, to }) => ({ from: from.toLowerCase(), to: to ?? from }));
    return { headers: renamed, identityHeader: identityHeader ?? undefined, claimsHeader: claimsHeader ?? undefined };
  });

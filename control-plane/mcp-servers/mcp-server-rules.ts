import { z } from 'zod';
import { MAX_URL_LENGTH, type EgressPolicy, type EgressRefusal } from '../../contract/egress-policy.ts';
import { AuthenticationSchema, GranularitySchema, PayloadCaptureSchema, TransportSchema } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { checkInput, nameRule, slugRule } from '../api/check-input.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { forwardingRule } from './forwarding-settings.ts';
import { findNameFault, MAX_HEADERS } from './header-rules.ts';
import { makeOauthRule } from './oauth-settings.ts';

/** Bytes of a request body that a server accepts unless told otherwise, at least and at most. */
export const DEFAULT_MAX_REQUEST_BYTES = 4_194_304;
const SMALLEST_MAX_REQUEST_BYTES = 1_024;
const LARGEST_MAX_REQUEST_BYTES = 67_108_864;

const MAX_DESCRIPTION_LENGTH = 2_000;

const descriptionRule = z
  .string()
  .max(MAX_DESCRIPTION_LENGTH, `A description has at most ${MAX_DESCRIPTION_LENGTH} characters.`)
  .nullable();
const maxRequestBytesRule = z
  .int()
  .min(SMALLEST_MAX_REQUEST_BYTES, `maxRequestBytes is at least ${SMALLEST_MAX_REQUEST_BYTES}.`)
  .max(LARGEST_MAX_REQUEST_BYTES, `maxRequestBytes is at most ${LARGEST_MAX_REQUEST_BYTES}.`);

const headerNameRule = z.string().superRefine((name, context) => {
  const fault = findNameFault(name);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: `The name of a header ${fault}.` });
});
const headerNamesRule = z
  .array(headerNameRule)
  .min(1, 'headerNames has at least one name, or is null.')
  .max(MAX_HEADERS, `headerNames has at most ${MAX_HEADERS} names.`)
  .refine((names) => new Set(names.map((name) => name.toLowerCase())).size === names.length, 'headerNames has a name twice.')
  .nullable();
const timeoutRule = boundedRule('upstreamTimeoutSeconds', 1, 86_400).nullable();
const idleRule = boundedRule('upstreamIdleSeconds', 1, 86_400).nullable();

/** A whole number between two bounds, which the message names. */
function boundedRule(field: string, min: number, max: number): z.ZodInt {
  return z.int().min(min, `${field} is at least ${min}.`).max(max, `${field} is at most ${max}.`);
}

const settings = {
  name: nameRule,
  transport: TransportSchema,
  authentication: AuthenticationSchema,
  granularity: GranularitySchema,
  enabled: z.boolean(),
  maxRequestBytes: maxRequestBytesRule,
  connectRetries: boundedRule('connectRetries', 0, 5),
  circuitBreakerFailures: boundedRule('circuitBreakerFailures', 0, 1_000),
  circuitBreakerOpenSeconds: boundedRule('circuitBreakerOpenSeconds', 1, 3_600),
  payloadCapture: PayloadCaptureSchema,
};
function makeCreateRules(policy: EgressPolicy) {
  return z.object({
    ...settings,
    slug: slugRule,
    description: descriptionRule.optional(),
    upstreamTimeoutSeconds: timeoutRule.optional(),
    upstreamIdleSeconds: idleRule.optional(),
    headerNames: headerNamesRule.optional(),
    url: z.string(),
    oauth: makeOauthRule(policy).nullish(),
    forwarding: forwardingRule.nullish(),
  });
}

function makeUpdateRules(policy: EgressPolicy) {
  return z
    .object({ ...settings, url: z.string() })
    .partial()
    .extend({
      description: descriptionRule.optional(),
      upstreamTimeoutSeconds: timeoutRule.optional(),
      upstreamIdleSeconds: idleRule.optional(),
      headerNames: headerNamesRule.optional(),
      oauth: makeOauthRule(policy).nullish(),
      forwarding: forwardingRule.nullish(),
    });
}

export type McpServerDraft = z.infer<ReturnType<typeof makeCreateRules>> & { readonly canonicalUrl: string };
export type McpServerChange = z.infer<ReturnType<typeof makeUpdateRules>> & { readonly canonicalUrl?: string };

/** What can be registered. Reports all faults together. */
export function checkDraft(policy: EgressPolicy, input: { readonly url: string }): Result<McpServerDraft, readonly UserError[]> {
  const checked = checkInput(makeCreateRules(policy), input);
  const url = checkUrl(policy, input.url);
  if (!checked.ok || !url.ok) return err([...(checked.ok ? [] : checked.error), ...(url.ok ? [] : url.error)]);
  return ok({ ...checked.value, canonicalUrl: url.value });
}

/** What can be changed. Reports all faults together. */
export function checkChange(
  policy: EgressPolicy,
  input: { readonly url?: string | null | undefined },
): Result<McpServerChange, readonly UserError[]> {
  const checked = checkInput(makeUpdateRules(policy), input);
  const url = input.url == null ? ok(undefined) : checkUrl(policy, input.url);
  if (!checked.ok || !url.ok) return err([...(checked.ok ? [] : checked.error), ...(url.ok ? [] : url.error)]);
  return ok({ ...checked.value, canonicalUrl: url.value });
}

/** The canonical form of an upstream's address, where the operator's policy lets the gateway connect to it. */
function checkUrl(policy: EgressPolicy, text: string): Result<string, readonly UserError[]> {
  const checked = policy.checkUrl(text);
  if (!checked.ok) return err([{ ...describeRefusal(checked.error), field: ['input', 'url'] }]);
  const { value: url } = checked;
  if (url.hash === '') return ok(url.href);
  return err([{ code: UserErrorCode.INVALID, message: 'The URL has a fragment (#…), which is never sent.', field: ['input', 'url'] }]);
}

function describeRefusal(refusal: EgressRefusal): Pick<UserError, 'code' | 'message'> {
  switch (refusal.reason) {
    case 'not_a_url':
      return { code: UserErrorCode.INVALID, message: `The URL is not absolute, or has more than ${MAX_URL_LENGTH} characters.` };
    case 'scheme_not_allowed':
      return { code: UserErrorCode.INVALID, message: `The URL must start with https:// or http://, not ${refusal.scheme}:.` };
    case 'credentials_in_url':
      return { code: UserErrorCode.INVALID, message: 'The URL contains a user name or password. Store credentials in a connection.' };
    case 'address_not_allowed':
      return {
        code: UserErrorCode.UNREACHABLE,
        message: `The gateway does not connect to ${refusal.host}: private, local and metadata addresses need the operator's permission (SLUICE_EGRESS_ALLOW).`,
      };
  }
}

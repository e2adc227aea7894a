import { registerEnumType } from 'type-graphql';
import { TrafficCallerKindSchema, TrafficKindSchema, TrafficOutcomeSchema } from '../../contract/traffic-event.ts';

export const InteractionKindEnum = TrafficKindSchema.enum;
export const InteractionOutcomeEnum = TrafficOutcomeSchema.enum;
export const InteractionCallerKindEnum = TrafficCallerKindSchema.enum;
export const ProtocolEraEnum = { LEGACY: 'LEGACY', MODERN: 'MODERN' } as const;
export const InteractionDecisionEnum = { ALLOWED: 'ALLOWED', DENIED: 'DENIED' } as const;

registerEnumType(InteractionKindEnum, {
  name: 'InteractionKind',
  description: 'What happened.',
  valuesConfig: {
    REQUEST: { description: 'A request of a client, with how it was answered.' },
    REFUSAL: { description: 'A message of a client that the gateway answered itself: not allowed, not understood, or not possible.' },
    NOTIFICATION: { description: 'A notification of a client.' },
    RESPONSE: { description: 'The answer of a client to what its server asked.' },
    SERVER_REQUEST: { description: 'A server asked its client: sampling, elicitation, roots.' },
    STREAM_OPEN: { description: 'A stream to a client began that is no answer to a single request.' },
    STREAM_CLOSE: { description: 'Such a stream ended.' },
    SESSION_END: { description: 'A client ended its session.' },
    DROPPED: { description: 'Not an interaction: so many of them were lost by a rule of the delivery contract.' },
  },
});

registerEnumType(InteractionOutcomeEnum, {
  name: 'InteractionOutcome',
  description: 'How an interaction ended.',
  valuesConfig: {
    COMPLETED: { description: 'As it should.' },
    ERROR: { description: 'The upstream answered, and its answer is an error.' },
    REFUSED: { description: 'The gateway answered instead of the upstream.' },
    CLIENT_GONE: { description: 'The client left before the answer was complete.' },
    UPSTREAM_FAILED: { description: 'The upstream could not be reached, broke off, or did not answer in time.' },
    FAILED: { description: 'A fault of the gateway.' },
  },
});

registerEnumType(InteractionCallerKindEnum, {
  name: 'InteractionCallerKind',
  description: 'By what a caller of the gateway proved who they are.',
  valuesConfig: {
    API_KEY: { description: 'An API key, of a workspace or of a person.' },
    ACCESS_TOKEN: { description: 'An access token that this product issued after sign-in and consent.' },
    TRUSTED_TOKEN: { description: 'A token of a trusted identity provider.' },
  },
});

registerEnumType(ProtocolEraEnum, {
  name: 'InteractionEra',
  description: 'The era of the protocol that a message belongs to.',
  valuesConfig: {
    LEGACY: { description: 'Revisions with sessions and `initialize`, up to 2025-11-25.' },
    MODERN: { description: 'Stateless revisions, from 2026-07-28 on.' },
  },
});

registerEnumType(InteractionDecisionEnum, {
  name: 'InteractionDecision',
  description: 'What the access rules said.',
  valuesConfig: {
    ALLOWED: { description: 'They allowed it.' },
    DENIED: { description: 'They denied it.' },
  },
});

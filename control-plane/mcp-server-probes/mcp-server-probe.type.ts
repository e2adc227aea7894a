import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { Transport } from '../../contract/snapshot.ts';
import { MutationPayload } from '../api/payload.ts';
import { TransportEnum } from '../mcp-servers/index.ts';
import type { ProbedAuthorization, ProbedServer, ProbeOutcome, ProbeResult, ProtocolEra } from './probe-result.ts';

const ProbeOutcomeEnum: Readonly<Record<ProbeOutcome, ProbeOutcome>> = {
  REACHABLE: 'REACHABLE',
  NEEDS_AUTHORIZATION: 'NEEDS_AUTHORIZATION',
  ADDRESS_REFUSED: 'ADDRESS_REFUSED',
  NAME_UNKNOWN: 'NAME_UNKNOWN',
  CONNECTION_FAILED: 'CONNECTION_FAILED',
  TLS_FAILED: 'TLS_FAILED',
  TIMEOUT: 'TIMEOUT',
  REDIRECTED: 'REDIRECTED',
  HTML_PAGE: 'HTML_PAGE',
  SERVER_ERROR: 'SERVER_ERROR',
  NOT_MCP: 'NOT_MCP',
};

registerEnumType(ProbeOutcomeEnum, {
  name: 'ProbeOutcome',
  description: 'How a probe ended.',
  valuesConfig: {
    REACHABLE: { description: 'An MCP server answered.' },
    NEEDS_AUTHORIZATION: { description: 'The server wants authorization before it says anything (401 or 403).' },
    ADDRESS_REFUSED: { description: 'The egress policy does not allow the address.' },
    NAME_UNKNOWN: { description: 'The host name does not resolve.' },
    CONNECTION_FAILED: { description: 'No connection could be opened.' },
    TLS_FAILED: { description: 'The certificate or the handshake does not hold.' },
    TIMEOUT: { description: 'There was no answer within ten seconds.' },
    REDIRECTED: { description: 'The server redirects; register the address it redirects to.' },
    HTML_PAGE: { description: 'The address is a web page.' },
    SERVER_ERROR: { description: 'The server answered with an error of its own (5xx).' },
    NOT_MCP: { description: 'Something answered that is not an MCP server.' },
  },
});

const ProtocolEraEnum: Readonly<Record<ProtocolEra, ProtocolEra>> = { LEGACY: 'LEGACY', MODERN: 'MODERN' };

registerEnumType(ProtocolEraEnum, {
  name: 'ProtocolEra',
  description: 'A family of MCP revisions.',
  valuesConfig: {
    LEGACY: { description: 'MCP 2025-11-25 and earlier: sessions that initialize opens.' },
    MODERN: { description: 'MCP 2026-07-28 and later: stateless.' },
  },
});

@ObjectType('ProbedServer', { description: 'What an MCP server says of itself. Its own words: show them, do not trust them.' })
export class ProbedServerType implements ProbedServer {
  @Field(() => String, { description: 'Its name, at most 4,000 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Its name for people, at most 4,000 characters.' })
  title!: string | null;

  @Field(() => String, { nullable: true, description: 'Its version, at most 4,000 characters.' })
  version!: string | null;

  @Field(() => String, { nullable: true, description: 'How it wants to be used, at most 4,000 characters.' })
  instructions!: string | null;

  @Field(() => [String], { description: 'Addresses of its icons, https only, at most ten.' })
  icons!: readonly string[];

  iconSources!: readonly string[];

  @Field(() => [String], { description: 'The capabilities it declares, at most 50, for example tools.' })
  capabilities!: readonly string[];
}

@ObjectType('ProbedAuthorization', { description: 'Where a server sends people to be authorized (RFC 9728, RFC 8414).' })
export class ProbedAuthorizationType implements ProbedAuthorization {
  @Field(() => String, { description: 'The issuer of its authorization server.' })
  issuer!: string;

  @Field(() => Boolean, { description: 'Whether clients can register themselves (RFC 7591).' })
  offersRegistration!: boolean;

  @Field(() => Boolean, { description: 'Whether a client id metadata document is accepted instead of a registration.' })
  acceptsClientIdMetadataDocument!: boolean;

  @Field(() => [String], { description: 'The scopes it asks for, at most as many as its metadata names.' })
  scopes!: readonly string[];
}

@ObjectType('McpServerProbe', { description: 'What was found out about a URL. A probe leaves no session behind and calls no tool.' })
export class McpServerProbeType implements ProbeResult {
  @Field(() => ProbeOutcomeEnum, { description: 'How it ended.' })
  outcome!: ProbeOutcome;

  @Field(() => String, { description: 'One sentence: what was found, or what is wrong and what to do.' })
  message!: string;

  @Field(() => TransportEnum, { nullable: true, description: 'The transport it speaks; null where none was found.' })
  transport!: Transport | null;

  @Field(() => [ProtocolEraEnum], { description: 'The protocol eras it speaks, at most two.' })
  eras!: readonly ProtocolEra[];

  @Field(() => ProbedServerType, { nullable: true, description: 'What it says of itself; null where it said nothing.' })
  server!: ProbedServerType | null;

  @Field(() => ProbedAuthorizationType, {
    nullable: true,
    description: 'Where it sends people to be authorized; null where it does not say.',
  })
  authorization!: ProbedAuthorizationType | null;
}

@ObjectType({ description: 'The outcome of mcpServerProbe. Nothing is changed by it.' })
export class McpServerProbePayload extends MutationPayload {
  @Field(() => McpServerProbeType, { nullable: true, description: 'What was found out; null where the input was refused.' })
  probe?: McpServerProbeType | null;
}

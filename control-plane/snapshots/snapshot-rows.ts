import type { AccessRule, CapabilityKind, CapabilityPolicy, KnownCapability } from '../../contract/access-rule.ts';
import type { Forwarding } from '../../contract/forwarding.ts';
import type { LimitDimension } from '../../contract/rate-limit.ts';
import type { ApiKeyKind, Authentication, Granularity, PayloadCapture, PublicKey, Transport, UserAccess } from '../../contract/snapshot.ts';

/** A workspace whose document is compiled. */
export interface WorkspaceRow {
  readonly id: string;
  readonly slug: string;
  readonly organizationId: string;
}

/** A person in a workspace. */
export interface MemberRow {
  readonly workspaceId: string;
  readonly userId: string;
  readonly role: string;
  readonly organizationRole: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly isUserEnabled: boolean;
}

/** An API key of a workspace. */
export interface ApiKeyRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly lookup: string;
  readonly hash: string;
  readonly kind: ApiKeyKind;
  readonly userId: string | null;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number | null;
  readonly isRevoked: boolean;
}

/** A grant, with what its route takes from the server. */
export interface GrantRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly serverId: string;
  readonly serverSlug: string;
  readonly isEnabled: boolean;
  readonly isServerEnabled: boolean;
  readonly defaultUserAccess: UserAccess;
  /** Absent: ALLOW. */
  readonly newCapabilities?: CapabilityPolicy['newCapabilities'];
  /** Absent: no. */
  readonly pinsDefinitions?: boolean;
  /** Null or absent: as the server says. */
  readonly payloadCapture?: PayloadCapture | null;
}

/** What an upstream offers. */
export interface CapabilityRow extends KnownCapability {
  readonly serverId: string;
}

/** What a grant says about one capability. */
export interface CapabilityOverrideRow {
  readonly grantId: string;
  readonly kind: CapabilityKind;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly approvedHash: string | null;
  readonly exposedName: string | null;
  readonly title: string | null;
  readonly description: string | null;
}

/** A restriction of a server or a grant. */
export interface AccessRuleRow extends AccessRule {
  readonly parentId: string;
}

/** One person's exception in a grant. */
export interface UserOverrideRow {
  readonly grantId: string;
  readonly userId: string;
  readonly access: UserAccess;
}

/** A server whose document is compiled. */
export interface ServerRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly organizationId: string;
  readonly canonicalUrl: string;
  readonly transport: Transport;
  readonly authentication: Authentication;
  readonly granularity: Granularity;
  readonly isEnabled: boolean;
  readonly maxRequestBytes: number;
  readonly upstreamTimeoutSeconds: number | null;
  readonly upstreamIdleSeconds: number | null;
  readonly connectRetries: number;
  readonly circuitBreakerFailures: number;
  readonly circuitBreakerOpenSeconds: number;
  readonly payloadCapture?: PayloadCapture;
  readonly forwarding?: Forwarding | null;
}

/** A subject's stored credential. */
export interface ConnectionRow {
  readonly id: string;
  readonly serverId: string;
  readonly isServerEnabled: boolean;
  readonly subjectId: string;
  /** Null where the credential is an access token. */
  readonly sealedHeaders: string | null;
  /** How often an access token's credential was obtained anew; null where it is no access token. */
  readonly epoch: number | null;
  readonly needsAuthorization: boolean;
}

/** Our authorization server's name for itself. */
export interface IssuerRow {
  readonly issuer: string;
}

/** A key of our authorization server that signs, is about to, or did until recently. */
export interface SigningKeyRow {
  readonly kid: string;
  readonly publicKey: PublicKey;
}

/** What a person allowed a client. */
export interface ConsentRow {
  readonly id: string;
  readonly userId: string;
  readonly isUserEnabled: boolean;
  readonly isMember: boolean;
  readonly clientId: string;
  readonly workspaceId: string;
  readonly serverId: string;
}

/** A bound on calls. */
export interface RateLimitRow {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  readonly serverId: string | null;
  readonly toolName: string | null;
  readonly countBy: readonly LimitDimension[];
  readonly maxRequests: number | null;
  readonly windowSeconds: number | null;
  readonly maxConcurrent: number | null;
}

/** An identity provider that an organization trusts. */
export interface TrustedIssuerRow {
  readonly id: string;
  readonly organizationId: string;
  readonly issuer: string;
  readonly audience: string | null;
  readonly keys: readonly PublicKey[];
  readonly requiredClaims: Readonly<Record<string, string>>;
  readonly userClaim: string;
  readonly isEnabled: boolean;
}

/** A person whom a token can name. */
export interface NamedUserRow {
  readonly userId: string;
  readonly organizationId: string;
  readonly email: string;
  readonly isUserEnabled: boolean;
}

/** What a compilation reads: the rows behind some documents, all of one moment. */
export interface SnapshotRows {
  readonly workspaces: readonly WorkspaceRow[];
  readonly members: readonly MemberRow[];
  readonly apiKeys: readonly ApiKeyRow[];
  readonly grants: readonly GrantRow[];
  readonly userOverrides: readonly UserOverrideRow[];
  readonly capabilityOverrides: readonly CapabilityOverrideRow[];
  /** Those that are not gone. */
  readonly capabilities: readonly CapabilityRow[];
  /** Those in force. */
  readonly accessRules: readonly AccessRuleRow[];
  readonly servers: readonly ServerRow[];
  readonly connections: readonly ConnectionRow[];
  /** None, or one. */
  readonly issuers: readonly IssuerRow[];
  readonly signingKeys: readonly SigningKeyRow[];
  readonly consents: readonly ConsentRow[];
  readonly rateLimits: readonly RateLimitRow[];
  readonly trustedIssuers: readonly TrustedIssuerRow[];
  /** The people of organizations that trust an issuer. */
  readonly namedUsers: readonly NamedUserRow[];
}

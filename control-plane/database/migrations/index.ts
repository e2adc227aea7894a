import { Migration20261101Core } from './migration-20261101-core.ts';
import { Migration20261102Hub } from './migration-20261102-hub.ts';
import { Migration20261103Snapshots } from './migration-20261103-snapshots.ts';
import { Migration20261104UpstreamSettings } from './migration-20261104-upstream-settings.ts';
import { Migration20261111SignIn } from './migration-20261111-sign-in.ts';
import { Migration20261112Oauth } from './migration-20261112-oauth.ts';
import { Migration20261113UpstreamOauth } from './migration-20261113-upstream-oauth.ts';
import { Migration20261114AccessRules } from './migration-20261114-access-rules.ts';
import { Migration20261114Capabilities } from './migration-20261114-capabilities.ts';
import { Migration20261115RateLimits } from './migration-20261115-rate-limits.ts';
import { Migration20261116McpServerHealth } from './migration-20261116-mcp-server-health.ts';
import { Migration20261117Forwarding } from './migration-20261117-forwarding.ts';
import { Migration20261117TrustedIssuers } from './migration-20261117-trusted-issuers.ts';
import { Migration20261118IdentityProviders } from './migration-20261118-identity-providers.ts';
import { Migration20261119UpstreamIdle } from './migration-20261119-upstream-idle.ts';
import { Migration20261120Traffic } from './migration-20261120-traffic.ts';
import { Migration20261120Audit } from './migration-20261120-audit.ts';
import { Migration20261130GrantedCapabilities } from './migration-20261130-granted-capabilities.ts';
import { Migration20261130Lockdowns } from './migration-20261130-lockdowns.ts';
import { Migration20261130CapabilityDiscoveries } from './migration-20261130-capability-discoveries.ts';
import { Migration20261130PayloadCapture } from './migration-20261130-payload-capture.ts';
import { Migration20261130HeaderNames } from './migration-20261130-header-names.ts';

/** Every migration in the order in which they run. Forward only; one that was released is never edited. */
export const migrations = [
  { name: 'Migration20261101Core', class: Migration20261101Core },
  { name: 'Migration20261102Hub', class: Migration20261102Hub },
  { name: 'Migration20261103Snapshots', class: Migration20261103Snapshots },
  { name: 'Migration20261104UpstreamSettings', class: Migration20261104UpstreamSettings },
  { name: 'Migration20261111SignIn', class: Migration20261111SignIn },
  { name: 'Migration20261112Oauth', class: Migration20261112Oauth },
  { name: 'Migration20261113UpstreamOauth', class: Migration20261113UpstreamOauth },
  { name: 'Migration20261114AccessRules', class: Migration20261114AccessRules },
  { name: 'Migration20261114Capabilities', class: Migration20261114Capabilities },
  { name: 'Migration20261115RateLimits', class: Migration20261115RateLimits },
  { name: 'Migration20261116McpServerHealth', class: Migration20261116McpServerHealth },
  { name: 'Migration20261117Forwarding', class: Migration20261117Forwarding },
  { name: 'Migration20261117TrustedIssuers', class: Migration20261117TrustedIssuers },
  { name: 'Migration20261118IdentityProviders', class: Migration20261118IdentityProviders },
  { name: 'Migration20261119UpstreamIdle', class: Migration20261119UpstreamIdle },
  { name: 'Migration20261120Traffic', class: Migration20261120Traffic },
  { name: 'Migration20261120Audit', class: Migration20261120Audit },
  { name: 'Migration20261130GrantedCapabilities', class: Migration20261130GrantedCapabilities },
  { name: 'Migration20261130Lockdowns', class: Migration20261130Lockdowns },
  { name: 'Migration20261130CapabilityDiscoveries', class: Migration20261130CapabilityDiscoveries },
  { name: 'Migration20261130PayloadCapture', class: Migration20261130PayloadCapture },
  { name: 'Migration20261130HeaderNames', class: Migration20261130HeaderNames },
];

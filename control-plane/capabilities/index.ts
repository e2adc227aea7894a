export { CapabilityKindEnum } from './capability-kind.ts';
export { CapabilityEntity } from './capability.entity.ts';
export { CapabilityResolver, McpServerCapabilitiesResolver } from './capability.resolver.ts';
export { CapabilityService } from './capability-service.ts';
export { Discoveries } from './discoveries.ts';
export { CapabilityType } from './capability.type.ts';
export { batchCapabilities, readCapability } from './capability-queries.ts';

export { approveWhatWasInUse, pinWhatAppeared } from './approve-capabilities.ts';
export { CapabilityOverrideEntity, GrantedCapabilityEntity } from './granted-capability.entity.ts';
export {
  AccessGrantCapabilitiesResolver,
  GrantedCapabilityResolver,
  WorkspaceWaitingCapabilitiesResolver,
} from './granted-capability.resolver.ts';
export { GrantedCapabilityService } from './granted-capability-service.ts';

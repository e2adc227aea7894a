export { CapabilityKindEnum } from './capability-kind.ts';

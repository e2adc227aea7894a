export type { WorkObserver } from './observer.ts';
export { NO_EXPORT, openObservation, type Exporting } from './open-observation.ts';

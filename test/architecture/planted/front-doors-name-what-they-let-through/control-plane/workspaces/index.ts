export * from './workspace-service.ts';

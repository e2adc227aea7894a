export { AccessExplanationResolver } from './access-explanation.resolver.ts';
export { AccessLevelEnum } from './access-explanation.type.ts';

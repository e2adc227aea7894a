export { AccessExplanationResolver } from './access-explanation.resolver.ts';

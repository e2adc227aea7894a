export { AccessRuleEntity } from './access-rule.entity.ts';
export { AccessGrantAccessRulesResolver, AccessRuleResolver, McpServerAccessRulesResolver } from './access-rule.resolver.ts';
export { AccessRuleService } from './access-rule-service.ts';
export { AccessRuleType } from './access-rule.type.ts';
export { readAccessRule } from './access-rule-queries.ts';

export { RateLimitEntity } from './rate-limit.entity.ts';
export { readRateLimit } from './rate-limit-queries.ts';
export { OrganizationRateLimitsResolver, RateLimitResolver } from './rate-limit.resolver.ts';
export { RateLimitService } from './rate-limit-service.ts';

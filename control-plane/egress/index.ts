export { GuardedFetch, type Fetch } from './guarded-fetch.ts';

export const load = () => import('../../contract/api-key.ts');

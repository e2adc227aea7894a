export { format } from './gone.ts';

import { record } from '../audit/index.ts';

export const watch = record;

import { table } from './table.ts';

export const check = () => table;

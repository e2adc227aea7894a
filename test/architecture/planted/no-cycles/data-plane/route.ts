import { check } from './check.ts';

export const route = () => check;

import { read } from '../traffic/index.ts';

export const record = read;

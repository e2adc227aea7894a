import { allowAll } from '../test/support/allow-all.ts';

export const authorize = allowAll;

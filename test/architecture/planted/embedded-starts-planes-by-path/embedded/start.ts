import { listen } from '../data-plane/server.ts';

export const start = listen;

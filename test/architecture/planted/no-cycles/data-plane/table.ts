import { route } from './route.ts';

export const table = () => route;

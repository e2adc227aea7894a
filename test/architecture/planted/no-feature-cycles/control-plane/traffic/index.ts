export { read } from './read.ts';
export { watch } from './watch.ts';

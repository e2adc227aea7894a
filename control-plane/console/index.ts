export { ConsoleHost } from './console-host.ts';

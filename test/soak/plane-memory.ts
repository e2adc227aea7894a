// Loaded into a plane before anything else: prints, whenever it is asked to by SIGUSR2, what is left when the garbage is gone.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  // Twice: what a finalizer lets go of falls to the second collection.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ event: 'memory', bytes: heapUsed + external })}\n`);
});

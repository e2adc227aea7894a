import { waitForOutput, type Child } from './child.ts';

/** What a Node process holds on to once its garbage is gone, in bytes. */
export interface RetainedMemory {
  readonly heapBytes: number;
  /** Memory outside the heap that belongs to objects in it: buffers above all. */
  readonly externalBytes: number;
}

/** Opens the inspector of a process that was started with `--inspect-port=0`, collects its garbage, and asks what is left. */
export async function readRetainedMemory(child: Child): Promise<RetainedMemory> {
  child.kill('SIGUSR1');
  const [, address] = await waitForOutput(child, /Debugger listening on (ws:\S+)/);
  const socket = new WebSocket(address!);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`No inspector answers at ${address}.`)));
  });
  // Twice: what a finalizer lets go of falls to the second collection.
  await ask(socket, 'HeapProfiler.collectGarbage', {});
  await ask(socket, 'HeapProfiler.collectGarbage', {});
  const expression = 'JSON.stringify(process.memoryUsage())';
  const answer = (await ask(socket, 'Runtime.evaluate', { expression })) as { result: { value: string } };
  socket.close();
  const usage = JSON.parse(answer.result.value) as NodeJS.MemoryUsage;
  return { heapBytes: usage.heapUsed, externalBytes: usage.external };
}

let lastId = 0;

function ask(socket: WebSocket, method: string, params: object): Promise<unknown> {
  const id = ++lastId;
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent) => {
      const message = JSON.parse(String(event.data)) as { id?: number; result?: unknown };
      if (message.id !== id) return;
      socket.removeEventListener('message', onMessage);
      resolve(message.result);
    };
    socket.addEventListener('message', onMessage);
    socket.send(JSON.stringify({ id, method, params }));
  });
}

import { startSampleServer } from './http-server.ts';

const sample = await startSampleServer(Number(process.env['SLUICE_SAMPLE_PORT'] ?? '0'));
process.stdout.write(`${JSON.stringify({ event: 'listening', port: sample.port })}\n`);

const stop = () => {
  sample.stop().then(
    () => process.exit(0),
    (cause: unknown) => {
      process.stderr.write(`${String(cause)}\n`);
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

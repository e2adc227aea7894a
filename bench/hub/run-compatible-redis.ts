import { startRedis } from '../../embedded/redis.ts';

const { port } = await startRedis();
process.stdout.write(`listening ${port}\n`);

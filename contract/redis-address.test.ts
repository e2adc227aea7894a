import { describe, expect, it } from 'vitest';
import { ConfigError } from '../foundation/read-config.ts';
import { parseRedisAddress } from './redis-address.ts';

describe('parseRedisAddress', () => {
  it.each(['redis://localhost:6379', 'rediss://user:pass@redis.example:6380/2'])('takes %s as one server', (url) => {
    expect(parseRedisAddress(url)).toEqual({ kind: 'single', url });
  });

  it('reads the nodes of a cluster, each with a default port', () => {
    expect(parseRedisAddress('redis+cluster://a.example:7000,b.example,[::1]:7001')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'a.example', port: 7000 },
        { host: 'b.example', port: 6379 },
        { host: '::1', port: 7001 },
      ],
      username: undefined,
      password: undefined,
      tls: false,
    });
  });

  it('reads user name and password of a cluster that wants TLS', () => {
    expect(parseRedisAddress('rediss+cluster://sluice:p%40ss@a.example:7000')).toMatchObject({
      nodes: [{ host: 'a.example', port: 7000 }],
      username: 'sluice',
      password: 'p@ss',
      tls: true,
    });
  });

  it.each(['localhost:6379', 'http://localhost', '', 'redis+cluster://', 'redis+cluster://a:b:c'])('refuses "%s"', (text) => {
    expect(() => parseRedisAddress(text)).toThrow(ConfigError);
  });

  it('does not repeat a password in what it says', () => {
    expect(() => parseRedisAddress('http://:hunter2@localhost')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });
});

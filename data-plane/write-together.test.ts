import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeTogether } from './write-together.ts';

/** What left, in the order in which it did. */
let left: string[] = [];

function connect(): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      left.push(text);
      done();
    },
  });
}

function send(text: string, connection = connect()): Writable {
  writeTogether(connection);
  connection.write(text);
  return connection;
}

describe('writeTogether', () => {
  beforeEach(async () => {
    left = [];
    for (let i = 0; i < 40; i++) send('a'); // so that it expects company, whatever was before
    await turn();
    left = [];
  });

  it('lets the writes of one turn leave at its end', async () => {
    send('a');
    send('b');
    expect(left).toEqual([]);
    await turn();
    expect(left).toEqual(['a', 'b']);
  });

  it('does not let the first ones wait for a long turn', async () => {
    for (let i = 0; i < 20; i++) send(`${i}`);
    expect(left).toHaveLength(16);
    await turn();
    expect(left).toHaveLength(20);
  });

  it('does not let those wait that have no company', async () => {
    send('a');
    await turn();
    left = [];
    send('b');
    expect(left).toEqual(['b']);
  });

  it('keeps what one connection says in its order, and ends it whole', async () => {
    const connection = send('a');
    send('b', connection).end('c');
    await turn();
    expect(left.join('')).toBe('abc');
    expect(connection.writableFinished).toBe(true);
  });

  it('does not mind a connection that is gone', async () => {
    send('a').destroy();
    send('b');
    await turn();
    expect(left).toEqual(['b']);
  });
});

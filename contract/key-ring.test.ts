import { describe, expect, it } from 'vitest';
import { ConfigError } from '../foundation/read-config.ts';
import { KeyRing } from './key-ring.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');

describe('KeyRing', () => {
  it('seals with the first of its keys', () => {
    const ring = KeyRing.parse(`k2:${key(2)}, k1:${key(1)}`);
    expect(ring.primaryId).toBe('k2');
    expect(ring.ids()).toEqual(['k2', 'k1']);
  });

  it('reads base64url as well', () => {
    const bytes = Buffer.alloc(32, 0xfb);
    const standard = KeyRing.parse(`k:${bytes.toString('base64')}`).findKey('k', 'secret');
    expect(KeyRing.parse(`k:${bytes.toString('base64url')}`).findKey('k', 'secret')).toEqual(standard);
  });

  it('derives a key of its own for every purpose, and the same each time', () => {
    const ring = KeyRing.parse(`k:${key(1)}`);
    expect(ring.findKey('k', 'secret')).toHaveLength(32);
    expect(ring.findKey('k', 'secret')).toEqual(KeyRing.parse(`k:${key(1)}`).findKey('k', 'secret'));
    expect(ring.findKey('k', 'secret')).not.toEqual(ring.findKey('k', 'session'));
    expect(ring.findKey('k', 'secret')).not.toEqual(Buffer.alloc(32, 1));
  });

  it('has no key under another id', () => {
    expect(KeyRing.parse(`k:${key(1)}`).findKey('other', 'secret')).toBeUndefined();
  });

  it.each([
    ['', 'entry 1'],
    [key(1), 'entry 1 must have the form id:key'],
    [`:${key(1)}`, 'entry 1 must have the form id:key'],
    [`k 1:${key(1)}`, 'entry 1 must have the form id:key'],
    [`k:${key(1)},`, 'entry 2'],
    ['k:c2hvcnQ=', 'entry 1 (k) must be 32 bytes in base64; it is 5'],
    [`k:${key(1)},k:${key(2)}`, 'entry 2 repeats the id k'],
  ])('refuses "%s"', (text, message) => {
    expect(() => KeyRing.parse(text)).toThrow(ConfigError);
    expect(() => KeyRing.parse(text)).toThrow(message);
  });

  it('never repeats a key in what it says, or when it is printed', () => {
    const secret = Buffer.alloc(33, 1).toString('base64');
    expect(() => KeyRing.parse(`k:${secret}`)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
    expect(JSON.stringify(KeyRing.parse(`k:${key(1)}`))).not.toContain(key(1));
  });
});

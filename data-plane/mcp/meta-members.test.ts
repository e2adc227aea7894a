import { describe, expect, it } from 'vitest';
import { withMetaMembers } from './meta-members.ts';

function edited(text: string, members: readonly string[] = ['traceparent', '00-1-2-01']): string {
  return withMetaMembers(Buffer.from(text), members).toString();
}

describe('withMetaMembers', () => {
  it('adds a member and leaves every other byte as it is', () => {
    const text =
      '{"jsonrpc":"2.0", "id":12345678901234567890, "params" : {"arguments":{"a":1.0,"_meta":{}},\t"_meta": { "k":"ä\\"}" } }, "x":[{}]}';
    expect(edited(text)).toBe(text.replace('"_meta": { ', '"_meta": {"traceparent":"00-1-2-01", '));
  });

  it('replaces a value that is there', () => {
    expect(edited('{"params":{"_meta":{"a":[1,"]"],"traceparent":"old","b":2}}}')).toBe(
      '{"params":{"_meta":{"a":[1,"]"],"traceparent":"00-1-2-01","b":2}}}',
    );
  });

  it('replaces some and adds others', () => {
    const members = ['traceparent', 'p', 'tracestate', 's', 'baggage', 'b="c"'];
    const json = JSON.parse(edited('{"params":{"_meta":{"n":-1.5e3,"tracestate" :null}}}', members)) as unknown;
    expect(json).toEqual({ params: { _meta: { n: -1500, traceparent: 'p', tracestate: 's', baggage: 'b="c"' } } });
  });

  it('fills an empty object', () => {
    expect(edited('{"params":{"_meta":{ }}}')).toBe('{"params":{"_meta":{"traceparent":"00-1-2-01" }}}');
  });

  it('takes of two members of one name the one that JSON.parse takes, however it is spelled', () => {
    expect(edited('{"params":{"_meta":{}},"params":{"_met\\u0061":{"traceparent":1,"traceparent":2}}}')).toBe(
      '{"params":{"_meta":{}},"params":{"_met\\u0061":{"traceparent":1,"traceparent":"00-1-2-01"}}}',
    );
  });

  it.each([
    '{"method":"ping"}',
    '{"params":{"x":1}}',
    '{"params":{"_meta":7}}',
    '{"params":[]}',
    '[{"params":{"_meta":{}}}]',
    '{"params":"_meta"}',
  ])('leaves %s as it is', (text) => {
    expect(edited(text)).toBe(text);
  });
});

import { expect, it } from 'vitest';
import { LastRequest } from './last-request.ts';

it('a session keeps names, and not what is as long as a document', () => {
  const call = { kind: 'request', era: 'legacy', id: 1, method: 'tools/call', name: 'echo' } as const;
  const long = 'x'.repeat(1_001);
  expect(LastRequest.mayKeep(call, { kind: 'TOOL', name: 'echo', callArguments: undefined })).toBe(true);
  expect(LastRequest.mayKeep(call, { kind: 'TOOL', name: long, callArguments: undefined })).toBe(false);
  expect(LastRequest.mayKeep({ ...call, method: long }, undefined)).toBe(false);
});

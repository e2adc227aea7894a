import { describe, expect, it } from 'vitest';
import { findQuestions, toLegacyParams } from './questions.ts';

const elicit = (mode?: string) => ({
  inputRequests: { q: { method: 'elicitation/create', params: { message: 'm', ...(mode && { mode }) } } },
});

describe('findQuestions', () => {
  it.each([
    ['a form', elicit('form'), { elicitation: {} }],
    ['a form without saying so', elicit(), { elicitation: { form: {} } }],
    ['a page', elicit('url'), { elicitation: { url: {} } }],
    ['roots', { inputRequests: { q: { method: 'roots/list' } } }, { roots: {} }],
    ['a model', { inputRequests: { q: { method: 'sampling/createMessage', params: {} } } }, { sampling: {} }],
  ])('asks a client that offers it: %s', (_case, result, capabilities) => {
    expect(findQuestions(result, capabilities)).toMatchObject([{ key: 'q' }]);
  });

  it.each([
    ['a page where only forms are offered', elicit('url'), { elicitation: {} }],
    ['a form where only pages are offered', elicit('form'), { elicitation: { url: {} } }],
    ['anything of a client that offers nothing', elicit(), {}],
    ['a method that is no question', { inputRequests: { q: { method: 'tools/call' } } }, { roots: {}, sampling: {}, elicitation: {} }],
    ['what is no request', { inputRequests: { q: 'roots/list' } }, { roots: {} }],
    ['a list', { inputRequests: [] }, { roots: {} }],
    ['too much', { inputRequests: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [i, { method: 'roots/list' }])) }, { roots: {} }],
  ])('does not ask for %s', (_case, result, capabilities) => {
    expect(findQuestions(result, capabilities)).toHaveProperty('fault');
  });

  it('finds none where the upstream only wants to be asked again', () => {
    expect(findQuestions({ requestState: 's' }, {})).toEqual([]);
  });
});

describe('toLegacyParams', () => {
  it('names no mode to clients that do not know any', () => {
    const question = { key: 'q', method: 'elicitation/create', params: { mode: 'form', message: 'm' } };
    expect(toLegacyParams(question, '2025-06-18')).toEqual({ message: 'm' });
    expect(toLegacyParams(question, '2025-11-25')).toEqual({ mode: 'form', message: 'm' });
  });

  it('gives a page the id that clients of 2025-11-25 want', () => {
    const question = { key: 'q', method: 'elicitation/create', params: { mode: 'url', url: 'https://example.com' } };
    expect(toLegacyParams(question, '2025-11-25')).toMatchObject({
      url: 'https://example.com',
      elicitationId: expect.any(String) as string,
    });
  });
});

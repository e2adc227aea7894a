import { expect, it } from 'vitest';
import { toIconSources } from './icon-sources.ts';

const SERVER = 'http://mcp.internal:8080/mcp';

it.each([
  ['https', 'https://cdn.example/icon'],
  ["the server's own origin", 'http://mcp.internal:8080/icon.png'],
  ['data', 'data:image/png;base64,AAAA'],
])('%s is a source', (_name, src) => {
  expect(toIconSources([{ src }], SERVER)).toEqual([src]);
});

it.each([
  ['no list', { src: 'https://cdn.example/icon' }],
  ['no icons', [null, 7, 'https://cdn.example/icon', { src: 7 }, {}]],
  ['http elsewhere', [{ src: 'http://mcp.internal/icon.png' }]],
  ['other schemes', [{ src: 'file:///etc/passwd' }, { src: 'javascript:alert(1)' }, { src: '/icon.png' }]],
  ['SVG', [{ src: 'https://cdn.example/icon.svg' }, { src: 'https://cdn.example/icon', mimeType: 'image/svg+xml' }]],
  ['endless addresses', [{ src: `https://cdn.example/${'a'.repeat(2_048)}` }, { src: `data:image/png;base64,${'A'.repeat(90_000)}` }]],
])('%s is none', (_name, icons) => {
  expect(toIconSources(icons, SERVER)).toEqual([]);
});

it('the size that is shown comes first, and no more than three are tried', () => {
  const icon = (name: string, sizes?: unknown) => ({ src: `https://cdn.example/${name}`, sizes });
  const icons = [icon('huge', ['512x512']), icon('tiny', '16x16'), icon('any', ['any']), icon('unsaid'), icon('right', ['32x32', '64x64'])];
  expect(toIconSources(icons, SERVER).map((source) => source.split('/').pop())).toEqual(['right', 'any', 'unsaid']);
});

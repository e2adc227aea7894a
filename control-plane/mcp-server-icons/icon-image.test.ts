import { expect, it } from 'vitest';
import { MAX_ICON_BYTES, toIconImage } from './icon-image.ts';

function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

/** An APP0 segment that names another size, then a progressive frame with this one. */
function jpeg(width: number, height: number): Buffer {
  const bytes = Buffer.from(`ffd8ffe00010${'ee'.repeat(14)}ffc20011080000000003${'00'.repeat(9)}`, 'hex');
  bytes.writeUInt16BE(height, 25);
  bytes.writeUInt16BE(width, 27);
  return bytes;
}

function webp(chunk: string, data: string): Buffer {
  return Buffer.concat([Buffer.from('RIFF....WEBP', 'latin1'), Buffer.from(chunk, 'latin1'), Buffer.alloc(4), Buffer.from(data, 'hex')]);
}

it.each([
  ['image/png', png(64, 48)],
  ['image/jpeg', jpeg(64, 48)],
  ['image/webp', webp('VP8 ', '0000009d012a40003000')],
  ['image/webp', webp('VP8L', '2f3fc00b00')],
  ['image/webp', webp('VP8X', '000000003f00002f0000')],
])('%s is told by its bytes', (contentType, bytes) => {
  expect(toIconImage(bytes)).toEqual({ contentType, bytes });
});

it.each([
  ['a PNG of many pixels', png(1_025, 8)],
  ['a PNG of none', png(0, 8)],
  ['a JPEG of many pixels', jpeg(8, 60_000)],
  ['a JPEG without a frame', Buffer.from('ffd8ffe00010', 'hex')],
  ['a lossy WebP of many pixels', webp('VP8 ', '0000009d012a00083000')],
  ['a lossless WebP of many pixels', webp('VP8L', '2fffffff0f')],
  ['an extended WebP of many pixels', webp('VP8X', '00000000ffffffffffff')],
  ['a PNG that ends early', png(8, 8).subarray(0, 18)],
  ['a picture with script', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  ['a GIF', Buffer.from('GIF89a@\u0000@\u0000')],
  ['nothing', Buffer.alloc(0)],
  ['more bytes than an icon has', Buffer.concat([png(8, 8), Buffer.alloc(MAX_ICON_BYTES)])],
])('%s is no icon', (_name, bytes) => {
  expect(toIconImage(bytes)).toBeUndefined();
});

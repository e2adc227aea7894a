// Trust boundary: bytes that a stranger calls an icon. What they are is read from the bytes and never from what anybody says of them; only
// formats that can hold no script, and no picture that takes much memory to draw.

/** An image that may be shown. */
export interface IconImage {
  readonly contentType: 'image/png' | 'image/webp' | 'image/jpeg';
  readonly bytes: Buffer;
}

/** The largest icon, in bytes. */
export const MAX_ICON_BYTES = 65_536;
/** Its longest side, in pixels: a few kilobytes can say that they are a picture of gigabytes. */
export const MAX_ICON_SIDE = 1_024;

interface Format {
  readonly contentType: IconImage['contentType'];
  readonly isOne: (bytes: Buffer) => boolean;
  /** Width and height. Throws where the bytes end before they are said. */
  readonly readSides: (bytes: Buffer) => readonly [number, number] | undefined;
}

const FORMATS: readonly Format[] = [
  // PNG (third edition), sections 5.2 and 11.2.1.
  {
    contentType: 'image/png',
    isOne: (bytes) => bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex')) && bytes.toString('latin1', 12, 16) === 'IHDR',
    readSides: (bytes) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
  },
  { contentType: 'image/jpeg', isOne: (bytes) => bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex')), readSides: readJpegSides },
  {
    contentType: 'image/webp',
    isOne: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
    readSides: readWebpSides,
  },
];

/** The image that these bytes are; undefined where they are none that may be shown. */
export function toIconImage(bytes: Buffer): IconImage | undefined {
  if (bytes.length > MAX_ICON_BYTES) return undefined;
  const format = FORMATS.find(({ isOne }) => isOne(bytes));
  const sides = format === undefined ? undefined : readSides(format, bytes);
  if (format === undefined || sides === undefined) return undefined;
  return sides.every((side) => side >= 1 && side <= MAX_ICON_SIDE) ? { contentType: format.contentType, bytes } : undefined;
}

function readSides(format: Format, bytes: Buffer): readonly [number, number] | undefined {
  try {
    return format.readSides(bytes);
  } catch {
    return undefined; // it ends too early to be an image
  }
}

/** Frame headers of JPEG (ITU-T T.81, table B.1); C4, C8 and CC in between are something else. */
const JPEG_FRAME = /^(c[0-35-79-bd-f])$/;

/** Goes from segment to segment (T.81, B.1.1.4) to the one that says how large the picture is. */
function readJpegSides(bytes: Buffer): readonly [number, number] | undefined {
  for (let at = 2; bytes.readUInt8(at) === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt8(at + 1).toString(16);
    if (JPEG_FRAME.test(marker)) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
  }
  return undefined;
}

/** RFC 9649, sections 2.4 to 2.7: simple, lossless or extended. */
function readWebpSides(bytes: Buffer): readonly [number, number] | undefined {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
    case 'VP8L':
      return [(bytes.readUInt32LE(21) & 0x3fff) + 1, ((bytes.readUInt32LE(21) >>> 14) & 0x3fff) + 1];
    case 'VP8X':
      return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
    default:
      return undefined;
  }
}

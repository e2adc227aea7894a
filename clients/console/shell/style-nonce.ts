import { readNonce } from '../api/page-facts.ts';

declare global {
  var __webpack_nonce__: string | undefined;
}

// The name by which the library that keeps a page from scrolling behind a dialog asks for the nonce of its style sheet.
globalThis.__webpack_nonce__ = readNonce();

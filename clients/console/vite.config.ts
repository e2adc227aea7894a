import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = path.resolve(import.meta.dirname, '../../dist/console');

/** What browsers get is compressed once, here, and not for every browser. */
function compressAssets(): Plugin {
  return {
    name: 'compress-assets',
    async closeBundle() {
      const folder = path.join(outDir, 'assets');
      const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(names.map((name) => compress(path.join(folder, name))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  const [brotli, zipped] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${file}.br`, brotli), writeFile(`${file}.gz`, zipped)]);
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/', // where the control plane serves it: `control-plane/console/console-host.ts`
  logLevel: 'warn',
  plugins: [react(), compressAssets()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir,
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy of the page lets no data: script or style through
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});

import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { dropUnusedStyles } from './drop-unused-styles.ts';

const outDir = path.resolve(import.meta.dirname, '../../dist/console');

/** What browsers get is made small once, here, and not for every browser. */
function shrinkAssets(): Plugin {
  return {
    name: 'shrink-assets',
    async closeBundle() {
      const folder = path.join(outDir, 'assets');
      await shrinkFirstSheet(folder);
      await refuseLoweredColors(folder);
      const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(names.map((name) => compress(path.join(folder, name))));
    },
  };
}

/** The sheet that the page itself names. Its name says what is in it, so another content needs another name. */
async function shrinkFirstSheet(folder: string): Promise<void> {
  const page = await readFile(path.join(outDir, 'index.html'), 'utf8');
  const [, name] = /\/assets\/(index-[\w-]+\.css)"/.exec(page) ?? [];
  if (name === undefined) throw new Error('the page names no style sheet');
  const scripts = (await readdir(folder)).filter((file) => file.endsWith('.js'));
  const texts = await Promise.all(scripts.map((script) => readFile(path.join(folder, script), 'utf8')));
  const css = dropUnusedStyles(await readFile(path.join(folder, name), 'utf8'), texts.join('\n'));
  const shrunk = `index-${createHash('sha256').update(css).digest('base64url').slice(0, 8)}.css`;
  await rm(path.join(folder, name));
  await writeFile(path.join(folder, shrunk), css);
  await writeFile(path.join(outDir, 'index.html'), page.replace(name, shrunk));
}

/** What the build makes of `light-dark()` needs a `color-scheme` that it can read, which the library sets at run time: both colors would be taken. */
async function refuseLoweredColors(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.css'))) {
    if ((await readFile(path.join(folder, name), 'utf8')).includes('--lightningcss-'))
      throw new Error(`${name} uses light-dark(): give the two colors a name in shell/theme.ts`);
  }
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
  plugins: [react(), shrinkAssets()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir,
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy of the page lets no data: script or style through
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});

import { defineConfig } from 'vitest/config';
import solid from 'vite-plugin-solid';

import { offline } from './offline.ts';
import { precompress } from './precompress.ts';

/** What every page stands on: one file, where each part alone would be asked for alone. */
const GROUND = /\/src\/(?:api|model|sync)\/|\/src\/texts\/(?:en|format|index)\.ts$|\/src\/ui\/(?!coloured)|\/src\/features\/composer\/emoji\.ts$/;

export default defineConfig({
  plugins: [solid(), offline(), precompress()],
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    // A strict content security policy allows no inline parts of any kind.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // The worker stands beside the page, at an address that stays: the browser asks it for a new version.
      input: { index: 'index.html', sw: 'src/worker/sw.ts' },
      output: {
        entryFileNames: (chunk: { name: string }) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            // Read while the page is made: in one file with the rest it would hold up all of it.
            { name: 'marked', test: /node_modules\/marked\//, priority: 3 },
            { name: 'vendor', test: /node_modules/, priority: 2 },
            { name: 'ground', test: GROUND, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    // The recorded cases of the server's own tests stand beside it.
    fs: { allow: ['..'] },
    proxy: { '/api': { target: 'http://127.0.0.1:7665', ws: true } },
  },
  // How fast a machine is says nothing of what is right.
  test: { testTimeout: 60_000, environment: 'jsdom', globals: false, include: ['src/**/*.test.ts', 'src/**/*.test.tsx', '*.test.mjs'] },
});

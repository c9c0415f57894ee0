import { defineConfig } from 'vitest/config';
import solid from 'vite-plugin-solid';

import { offline } from './offline.ts';
import { precompress } from './precompress.ts';

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
        manualChunks: (id: string) => (id.includes('node_modules') ? 'vendor' : undefined),
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

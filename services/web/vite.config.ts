import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const contracts = path.resolve(import.meta.dirname, '../../libs/contracts/src/http.ts');

// The query service puts a new nonce into each answer, in place of {nonce}.
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@runledger/contracts/http': contracts } },
  html: { cspNonce: '{nonce}' },
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      // It compiles WebAssembly when it is loaded, which the policy refuses, for a codec that hyparquet has itself.
      treeshake: {
        moduleSideEffects: [{ test: /node_modules\/(hyparquet-compressors|hysnappy)\//, sideEffects: false }],
      },
      // What every page needs is one file: dozens of small ones would wait for each other, six at a time.
      output: { codeSplitting: { groups: [{ name: 'initial', tags: ['$initial'] }] } },
    },
  },
});

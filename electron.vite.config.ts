/**
 * One build for both hosts. out/main: Electron's entry, the browser host, the runner and its worker. out/preload: the bridge for Electron's sandboxed window (CommonJS,
 * in one file because a sandboxed preload can't require its neighbours) and the bridge for the browser page. out/renderer: the window.
 */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const alias = { 'reclaim-lab': at('plugins/api/index.ts') }

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: at('main/index.ts'),
          browser: at('main/hosts/browser.ts'),
          // Same places as in the sources, so that a path relative to the project's folder finds them.
          'runner/process': at('main/runner/process.ts'),
          'runner/worker': at('main/runner/worker.ts'),
          'compile/service-worker': at('main/compile/service-worker.ts'),
          'store/history/worker': at('main/store/history/worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      isolatedEntries: true,
      rollupOptions: {
        input: { index: at('preload/index.ts'), browser: at('preload/browser.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    // Relative, so that the same files work below app:// and http://.
    base: './',
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      minify: true,
      // Fonts and icons stay files: the page's policy knows 'self' and data: images only.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 8_000,
      rollupOptions: { input: at('renderer/index.html') },
    },
  },
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { licensePlugins } from './scripts/licenses.ts'
import { buildFacts } from './scripts/build-facts.ts'
import { noCirclesOfChunks } from './scripts/circles-of-chunks.ts'
import { firstScreen } from './scripts/first-screen/first-screen.ts'
import { keptOffline } from './scripts/kept-offline.ts'
import { securityHeaders } from './src/service-worker/security-headers.ts'

const licenses = licensePlugins()

/**
 * The component library has a file for each component and each part of one: those that the same pages need go together,
 * and up to so many bytes (as written) beside those that nearly the same pages need. The start has 30 files for 47.
 */
const partsOfComponents = {
  name: 'components',
  test: /node_modules[\\/](?:@mantine|@floating-ui|@tabler|clsx|tabbable)[\\/].*\.m?js$/,
  entriesAware: true,
  entriesAwareMergeThreshold: 14_000,
}

export default defineConfig({
  // Relative, so that dist/ works from any static host and any sub-path.
  base: './',
  plugins: [react(), licenses.page(), firstScreen(), noCirclesOfChunks(), keptOffline()],
  define: buildFacts(),
  worker: { format: 'es', plugins: () => [licenses.worker(), noCirclesOfChunks()] },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: { groups: [partsOfComponents] } } },
  },
  preview: { headers: securityHeaders },
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
})

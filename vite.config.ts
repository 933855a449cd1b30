import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { licensePlugins } from './scripts/licenses.ts'
import { buildFacts } from './scripts/build-facts.ts'
import { firstScreen } from './scripts/first-screen/first-screen.ts'
import { keptOffline } from './scripts/kept-offline.ts'
import { securityHeaders } from './src/service-worker/security-headers.ts'

const licenses = licensePlugins()

export default defineConfig({
  // Relative, so that dist/ works from any static host and any sub-path.
  base: './',
  plugins: [react(), licenses.page(), firstScreen(), keptOffline()],
  define: buildFacts(),
  worker: { format: 'es', plugins: () => [licenses.worker()] },
  build: { target: 'es2023', chunkSizeWarningLimit: 1200 },
  preview: { headers: securityHeaders },
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
})

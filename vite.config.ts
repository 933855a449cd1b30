import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { securityHeaders } from './scripts/security-headers.ts'

export default defineConfig({
  // Relative, so that dist/ works from any static host and any sub-path.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  // Licences ask that their texts go wherever the libraries go.
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1200,
    license: { fileName: 'licenses.md' },
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

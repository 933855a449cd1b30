/** The service worker of a build, and the list of what it keeps from the first visit on. */
import { serwist } from '@serwist/vite'
import type { Plugin } from 'vite'

export function keptOffline(): Plugin[] {
  return serwist({
    swSrc: 'src/service-worker/service-worker.ts',
    swDest: 'service-worker.js',
    swUrl: './service-worker.js',
    globDirectory: 'dist',
    injectionPoint: 'self.__SW_MANIFEST',
    rollupFormat: 'iife',
    // The page and the engine. Models and data are kept once they have been used.
    globPatterns: ['**/*.{html,js,css,wasm,svg,png,webmanifest}', 'models/samples.json'],
    // The runtime of ONNX is kept once a model has needed it.
    globIgnores: ['service-worker.js', '**/ort*'],
    // The engine is one file of three megabytes.
    maximumFileSizeToCacheInBytes: 8 * 2 ** 20,
  })
}

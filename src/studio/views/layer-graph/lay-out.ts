import { partNotLoaded } from '../../../core/errors'
import type { DrawnLayer } from '../../../layout/chains'
import type { Drawing } from '../../../layout/drawing'

/** The part of a worker that is needed; tests bring their own. */
export type LayoutWorker = Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'>

function createWorker(): LayoutWorker {
  return new Worker(new URL('../../../layout/layout.worker.ts', import.meta.url), {
    type: 'module',
    name: 'layout',
  })
}

/**
 * Lays a model out beside the page, which stays smooth: 400 layers take a tenth of a second and more.
 * @returns null where it has too many layers
 * @throws StudioError 'page/part-not-loaded', also where it was left
 */
export function layOut(
  layers: readonly DrawnLayer[],
  signal: AbortSignal,
  create: () => LayoutWorker = createWorker,
): Promise<Drawing | null> {
  const worker = create()
  const placed = new Promise<Drawing | null>((resolve, reject) => {
    worker.addEventListener('message', (event) => {
      resolve((event as MessageEvent<Drawing | null>).data)
    })
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      reject(partNotLoaded(event.message))
    })
    signal.addEventListener('abort', () => {
      reject(partNotLoaded(signal.reason))
    })
  })
  worker.postMessage(layers.map(({ name, inputs }) => ({ name, inputs })))
  return placed.finally(() => {
    worker.terminate()
  })
}

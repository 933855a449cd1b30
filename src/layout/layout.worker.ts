import type { DrawnLayer } from './chains'
import { placeLayers } from './place-layers'

/** Lays out one model and says where its layers stand; null: there are too many. Whoever asked ends it. */
self.addEventListener('message', ({ data }: MessageEvent<readonly DrawnLayer[]>) => {
  self.postMessage(placeLayers(data))
})

import { serveEngineHelper } from './helper-work'

/** A further worker of the engine, in the browser. */
serveEngineHelper({
  post: (message, transfer) => {
    self.postMessage(message, { transfer: [...transfer] })
  },
  onMessage: (listener) => {
    self.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      listener(data)
    })
  },
})

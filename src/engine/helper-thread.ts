/** A further worker of the engine, in Node. */
import { parentPort } from 'node:worker_threads'
import { serveEngineHelper } from './helper-work'

const port = parentPort
if (port === null) throw new Error('this file is run as a thread')
serveEngineHelper({
  post: (message, transfer) => {
    port.postMessage(message, [...transfer])
  },
  onMessage: (listener) => {
    port.on('message', listener)
  },
})

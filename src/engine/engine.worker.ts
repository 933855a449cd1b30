import { readEnginePorts } from '../protocol/client'
import { BEAT_INTERVAL_MS } from '../protocol/heartbeat'
import type { Beat, FaultSign } from '../protocol/heartbeat'
import { browserEnvironment } from './host/browser-environment'
import { createEngine } from './engine'
import { serveEngine } from './serve'

/** The page sends its ports once, with the first message. */
self.addEventListener('message', (event: MessageEvent<unknown>) => {
  const ports = readEnginePorts(event.data)
  if (ports === null) return
  const beat = (expectedMs: number): void => {
    const message: Beat = { type: 'beat', expectedMs }
    ports.beats.postMessage(message)
  }
  const engine = createEngine(browserEnvironment(ports.page, beat))
  serveEngine(engine, ports.calls, (fault) => {
    const message: FaultSign = { type: 'fault', fault: fault.toData() }
    ports.beats.postMessage(message)
  })
  ports.calls.start()
  beat(0)
  // Work on a graphics card leaves the worker idle: it lives, however long that takes.
  setInterval(beat, BEAT_INTERVAL_MS, 0)
})

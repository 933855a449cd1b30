import type { Page, Worker } from '@playwright/test'

/** The worker that computes; the page has one at a time. */
export async function engineOf(page: Page): Promise<Worker> {
  const [running] = page.workers().slice(-1)
  return running ?? (await page.waitForEvent('worker'))
}

/** What TensorFlow.js itself says inside the worker, not what the page says of it. */
export function backendInside(worker: Worker): Promise<string> {
  return worker.evaluate(() => {
    const engine: unknown = Reflect.get(self, '_tfengine')
    return String(Reflect.get(Object(engine), 'backendName'))
  })
}

/** Takes the graphics device away, as a driver reset does. */
export function loseDevice(worker: Worker): Promise<void> {
  return worker.evaluate(() => {
    const engine: unknown = Reflect.get(self, '_tfengine')
    const backend: unknown = Reflect.get(Object(engine), 'backendInstance')
    const device = Reflect.get(Object(backend), 'device') as GPUDevice
    device.destroy()
  })
}

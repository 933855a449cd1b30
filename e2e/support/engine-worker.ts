import type { Page, Worker } from '@playwright/test'

/** Those of the page and of runs: how many help them is a matter of how long work takes. */
export function enginesOf(page: Page): Worker[] {
  return page.workers().filter((worker) => worker.url().includes('engine.worker'))
}

/** The engine that was started last: that of a run while one goes on, else that of the page. Not those that help it. */
export async function engineOf(page: Page): Promise<Worker> {
  const [running] = enginesOf(page).slice(-1)
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

/**
 * Takes it away while somebody waits for the next reading of more than so many bytes, which ends before the loss is
 * told. (A step of a small network reads only its loss.)
 */
export function loseDeviceInReading(worker: Worker, bytes: number): Promise<void> {
  return worker.evaluate((most) => {
    const engine: unknown = Reflect.get(self, '_tfengine')
    const backend: unknown = Reflect.get(Object(engine), 'backendInstance')
    const device = Reflect.get(Object(backend), 'device') as GPUDevice
    const mapAsync = Reflect.get(GPUBuffer.prototype, 'mapAsync')
    GPUBuffer.prototype.mapAsync = function (...given) {
      const reading = mapAsync.apply(this, given)
      if (this.size > most) device.destroy()
      return reading
    }
  }, bytes)
}

/** Models that are opened from here on are measured by TensorFlow.js alone, as in a browser that does not take our kernels. */
export async function withoutOwnKernels(engine: Worker): Promise<void> {
  await engine.evaluate(() => {
    const stock = self.fetch
    self.fetch = (what, ...more) =>
      /kernels[^/]*\.wasm/.test(new Request(what).url)
        ? Promise.reject(new TypeError('no kernels'))
        : stock(what, ...more)
  })
}

/** From here on every matrix product takes so much longer: the engine is alive, and slow. */
export async function slowDown(engine: Worker, milliseconds: number): Promise<void> {
  await engine.evaluate((wait) => {
    const globals = Reflect.get(self, '_tfGlobals') as Map<string, Map<string, unknown>>
    for (const [name, kernel] of globals.get('kernelRegistry') ?? []) {
      if (!/^wasm__FusedMatMul$|^wasm_BatchMatMul$|^wasm__FusedMatMul/.test(name)) continue
      const config = kernel as { kernelFunc: (parameters: unknown) => unknown }
      const stock = config.kernelFunc
      config.kernelFunc = (parameters) => {
        const until = performance.now() + wait
        while (performance.now() < until);
        return stock(parameters)
      }
    }
  }, milliseconds)
}

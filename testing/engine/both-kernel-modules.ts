import { afterAll, beforeAll, describe } from 'vitest'
import {
  kernelModules,
  readKernelModule,
  startWasmBackend,
} from '../../src/engine/host/wasm-in-node'
import { installTrainingKernels } from './install-training-kernels'
import type { InstalledKernels } from './install-training-kernels'

/** Runs tests with either kernel module installed: with fused multiply-add, and without. */
export function withBothKernelModules(tests: (kernels: () => InstalledKernels) => void): void {
  describe.each(kernelModules)('%s', (name) => {
    let kernels: InstalledKernels
    beforeAll(async () => {
      await startWasmBackend()
      kernels = await installTrainingKernels(readKernelModule(name))
    })
    afterAll(() => {
      kernels.uninstall()
    })
    tests(() => kernels)
  })
}

import { afterAll, beforeAll, describe } from 'vitest'
import { installTrainingKernels } from '../../src/engine/wasm-kernels/prepare-training-kernels'
import type { TrainingKernels } from '../../src/engine/wasm-kernels/prepare-training-kernels'
import {
  kernelModules,
  readKernelModule,
  startWasmBackend,
} from '../../src/engine/host/wasm-in-node'

/** Runs tests with either kernel module installed: with fused multiply-add, and without. */
export function withBothKernelModules(tests: (kernels: () => TrainingKernels) => void): void {
  describe.each(kernelModules)('%s', (name) => {
    let kernels: TrainingKernels
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

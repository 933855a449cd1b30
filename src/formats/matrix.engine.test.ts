import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InstalledKernels } from '../../testing/engine/install-training-kernels'
import { installTrainingKernels } from '../../testing/engine/install-training-kernels'
import { matrix } from '../../testing/matrix/matrix'
import { settings } from '../../testing/matrix/settings'
import { smallSources } from '../../testing/matrix/sources'
import { readKernelModule, startWasmBackend } from '../engine/host/wasm-in-node'

let kernels: InstalledKernels
beforeAll(async () => {
  await startWasmBackend()
  kernels = await installTrainingKernels(readKernelModule())
})
afterAll(async () => {
  kernels.uninstall()
  await tf.setBackend('cpu')
})

/** `npm run check:matrix` tries all of them: of each source one cell in so many here, others for each. */
const ONE_IN = 29

describe.each(smallSources)('$name', (source) => {
  it('is run by its runtime as it was measured, or refused with a reason', async () => {
    let proven = 0
    const cells = matrix([source], (_, __, number) => number % ONE_IN === 0)
    for await (const { outcome, setting, target } of cells) {
      const place = `${setting}, ${target?.container} ${target?.precision}`
      if (outcome.kind === 'refused') expect(outcome.reason, place).not.toBe('')
      else {
        proven++
        expect(outcome.result.faults, place).toEqual([])
      }
    }
    expect(proven).toBeGreaterThan(0)
  })
})

it('two bits are run by onnxruntime as they are, however many classes there are', async () => {
  const twoBits = settings.filter(({ name }) => name.startsWith('2 bits'))
  const cells = matrix(
    smallSources.slice(0, 1),
    (setting, { container, precision }) =>
      twoBits.includes(setting) && container === 'onnx' && precision === 'exact',
  )
  const faults: unknown[] = []
  for await (const { outcome } of cells)
    faults.push(outcome.kind === 'proven' ? outcome.result.faults : outcome.reason)
  expect(faults).toEqual([[], [], []])
})

/**
 * Steps of training on a graphics device without a browser: Node and Dawn. Prints the device and images per second by the
 * clock, with losses read back four times a second as a run does, and beside it with that of each step, as runs once did.
 * Run: `npm run bench:gpu [-- net ...]`. A driver in software will do: with that of Chromium on Linux,
 * `LD_LIBRARY_PATH=/usr/lib/chromium VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json`.
 */
import type * as tf from '@tensorflow/tfjs'
import { DeviceReadings } from '../../src/engine/training/device-readings.ts'
import { emit, round } from '../emit.ts'
import { startDawn } from './dawn.ts'
import { deviceLearner, learners, lossOf } from './device-learner.ts'

const SECONDS = 5
const LEAST_STEPS = 3
/** A driver in software needs a second for what a device does in a thousandth. */
const SOFTWARE_BATCH = 16

const { adapter, isSoftware } = await startDawn()
emit('gpu-device', {
  vendor: adapter.vendor,
  architecture: adapter.architecture,
  device: adapter.device,
  description: adapter.description,
  software: isSoftware,
})
const wanted = process.argv.slice(2)
for (const { id, batch } of learners)
  if (wanted.length === 0 || wanted.includes(id))
    await train(id, isSoftware ? Math.min(batch, SOFTWARE_BATCH) : batch)
// Dawn keeps the process alive.
process.exit(0)

async function train(id: string, batch: number): Promise<void> {
  const { dispose, step } = await deviceLearner(id, batch)
  // Shaders are made, and moments.
  const first = await lossOf(step())
  await lossOf(step())
  const each = await timed(step, true)
  const together = await timed(step, false)
  emit('gpu-training', {
    net: id,
    batch,
    imagesPerSecond: round((1000 * batch) / together.ms),
    'with each loss read': round((1000 * batch) / each.ms),
    steps: [together.steps, each.steps],
    losses: [round(first), round(together.last)],
  })
  dispose()
}

/** Milliseconds of a step over some seconds. @param isEachRead whether each is waited for */
async function timed(
  step: () => tf.Scalar,
  isEachRead: boolean,
): Promise<{ readonly ms: number; readonly steps: number; readonly last: number }> {
  const readings = new DeviceReadings(!isEachRead, () => performance.now())
  const began = performance.now()
  for (let steps = 1; ; steps++) {
    const loss = step()
    if (!readings.isDue) {
      readings.keep(loss)
      continue
    }
    const last = await lossOf(loss)
    await readings.take(last)
    const passed = performance.now() - began
    if (passed >= 1000 * SECONDS && steps >= LEAST_STEPS) return { ms: passed / steps, steps, last }
  }
}

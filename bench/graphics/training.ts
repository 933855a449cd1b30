/**
 * Steps of training on a graphics device without a browser: Node and Dawn. Prints the device and images per second by the
 * clock, the loss read back after each step as a run does.
 * Run: `npm run bench:gpu [-- net ...]`. A driver in software will do: with that of Chromium on Linux,
 * `LD_LIBRARY_PATH=/usr/lib/chromium VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json`.
 */
import { emit, quartiles, round } from '../emit.ts'
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
  const times: number[] = []
  const began = performance.now()
  let last = first
  while (performance.now() - began < 1000 * SECONDS || times.length < LEAST_STEPS) {
    const start = performance.now()
    last = await lossOf(step())
    times.push(performance.now() - start)
  }
  const ms = quartiles(times)
  emit('gpu-training', {
    net: id,
    batch,
    imagesPerSecond: round((1000 * batch) / ms.median),
    'ms per step': ms,
    steps: times.length,
    losses: [round(first), round(last)],
  })
  dispose()
}

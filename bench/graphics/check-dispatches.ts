/**
 * Counts what a step of training asks of a WebGPU device (two images, Adam), and fails where it is more than what is on
 * record, or where anything is read back within a step; compares shaders with operators in plain JavaScript, and Adam with its
 * formula in double precision.
 * Run: `npm run check:dispatches [-- net ...]`; drivers as for `npm run bench:gpu`.
 */
import * as tf from '@tensorflow/tfjs'
import { AdamOnDevice } from '../../src/engine/training/adam-on-device.ts'
import { emit } from '../emit.ts'
import { startDawn } from './dawn.ts'
import { besidePlain, codesBesideFile } from './device-beside-plain.ts'
import { deviceLearner, lossOf } from './device-learner.ts'
import { deviceStepper } from './device-stepper.ts'

const BATCH = 2
/** Behind the name of a network whose kernels pass through codes of four bits with learned ranges. */
const CODED = ', coded'
/** Dispatches of a step, the update of the weights included. */
const most: Readonly<Record<string, number>> = {
  'lenet-300-100': 42,
  'lenet-5': 57,
  dsres: 226,
  [`lenet-5${CODED}`]: 81,
}
const TOLERANCE = 1e-6
/** As a share of the largest value: sums are added in another order. */
const SHADERS = 1e-5
/** Of gradients of ranges, and of weights that are clipped. */
const CODES = 1e-4
/** Share of weights that lie at the edge of a bin, to within what float32 tells. */
const EDGES = 0.002

const { traffic } = await startDawn()
const wanted = process.argv.slice(2)
let failed = false
for (const [id, allowed] of Object.entries(most)) {
  if (wanted.length > 0 && !wanted.includes(id)) continue
  const coded = id.endsWith(CODED)
  const { dispose, step } = await deviceLearner(id.replace(CODED, ''), BATCH, coded)
  // Moments are made.
  await lossOf(step())
  const before = traffic()
  const loss = step()
  const after = traffic()
  await lossOf(loss)
  dispose()
  const dispatches = after.dispatches - before.dispatches
  const readings = after.readings - before.readings
  failed ||= dispatches > allowed || readings > 0
  emit('dispatches', { net: id, dispatches, allowed, readings })
}
for (const id of ['lenet-5', 'dsres']) {
  if (wanted.length > 0 && !wanted.includes(id)) continue
  const { dispose, step } = await deviceStepper(id, BATCH)
  await step(true)
  // A run waits for the first of its steps, and for one in up to fifty of the others.
  const waitedFor = await readingsOf(() => step(true))
  const others = await readingsOf(() => step(false))
  dispose()
  failed ||= waitedFor === 0 || others > 0
  emit('readings', { net: id, 'of a step that is waited for': waitedFor, 'of any other': others })
}
for (const [name, far] of await besidePlain()) {
  failed ||= !(far < SHADERS)
  emit('shader', { name, farthest: far, allowed: SHADERS })
}
for (const [name, { edges, apart }] of await codesBesideFile()) {
  failed ||= !(apart < CODES) || edges > EDGES
  emit('codes', { name, edges, farthest: apart, allowed: [EDGES, CODES] })
}
const apart = await farthest()
failed ||= !(apart < TOLERANCE)
emit('adam-on-device', { farthest: apart, allowed: TOLERANCE })
// Dawn keeps the process alive.
process.exit(failed ? 1 : 0)

async function readingsOf(step: () => Promise<void>): Promise<number> {
  const before = traffic().readings
  await step()
  return traffic().readings - before
}

/** Three updates of weights of several lengths, with and without decay, beside the formula. */
async function farthest(): Promise<number> {
  const adam = AdamOnDevice.of(tf.backend())
  if (adam === null) throw new Error('the backend does not show its device')
  let largest = 0
  for (const [length, decays] of [
    [1, false],
    [257, true],
    [70_001, false],
  ] as const) {
    const random = (seed: number): tf.Tensor => tf.randomNormal([length], 0, 1, 'float32', seed)
    let [weight, first, second] = [random(1), tf.zeros([length]), tf.zeros([length])]
    const w = Float64Array.from(await weight.data<'float32'>())
    const [m, v] = [new Float64Array(length), new Float64Array(length)]
    for (let t = 1; t <= 3; t++) {
      const gradient = random(10 + t)
      const [beta1, beta2, learningRate, epsilon] = [0.9, 0.999, 1e-2, 1e-7]
      const [correction1, correction2] = [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)]
      const step = { beta1, beta2, correction1, correction2, learningRate, epsilon, shrink: 0.99 }
      const [next] = adam.update([{ weight, gradient, first, second, decays }], step)
      if (next === undefined) throw new Error('nothing was updated')
      const gradients = await gradient.data<'float32'>()
      gradients.forEach((g, at) => {
        m[at] = beta1 * (m[at] ?? 0) + (1 - beta1) * g
        v[at] = beta2 * (v[at] ?? 0) + (1 - beta2) * g * g
        const moved =
          (learningRate * correction1 * (m[at] ?? 0)) /
          (Math.sqrt(correction2 * (v[at] ?? 0)) + epsilon)
        w[at] = (w[at] ?? 0) * (decays ? 0.99 : 1) - moved
      })
      tf.dispose([weight, gradient, first, second])
      ;({ weight, first, second } = next)
    }
    for (const [found, values] of [
      [weight, w],
      [first, m],
      [second, v],
    ] as const)
      (await found.data<'float32'>()).forEach((value, at) => {
        largest = Math.max(largest, Math.abs(value - (values[at] ?? NaN)))
      })
    tf.dispose([weight, first, second])
  }
  return largest
}

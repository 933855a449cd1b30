import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { openNet } from '../../../testing/engine/open-net'
import { randomPictureNet } from '../../../testing/models/random-picture-nets'
import { createRandom } from '../../core/random'
import type { Random } from '../../core/random'
import type { OpenedModel } from '../../formats/format'
import type { NamedWeight } from '../model/runnable-model'
import { readKernelModule } from '../host/wasm-in-node'
import { InferencePass } from './inference-pass'
import { planOf } from './plan'
import type { InferencePlan } from './plan'

const NETS = 9
const CHANGES = 10
const SAMPLES = 7

const module = new WebAssembly.Module(readKernelModule())

interface Net {
  readonly opened: OpenedModel
  readonly plan: InferencePlan
}

async function netOf(seed: number): Promise<Net> {
  await tf.setBackend('cpu')
  const opened = await openNet(randomPictureNet(seed))
  const plan = planOf(opened.graph)
  if ('reason' in plan) throw new Error(plan.reason)
  return { opened, plan }
}

function drawn(length: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => random.normal())
}

/** Some of the samples, in any order and number. */
function someOf(samples: readonly Float32Array[], random: Random): readonly Float32Array[] {
  const count = 1 + random.below(samples.length)
  const from = random.below(samples.length)
  return Array.from(
    { length: count },
    (_, at) => samples[(from + at) % samples.length] as Float32Array,
  )
}

function joined(samples: readonly Float32Array[]): Float32Array {
  return Float32Array.from(samples.flatMap((sample) => [...sample]))
}

interface Ran {
  readonly outputs: readonly number[][]
  readonly steps: number
}

function ran(pass: InferencePass, samples: readonly Float32Array[]): Ran {
  const pieces = pass.inSteps([joined(samples)], samples.length)
  let steps = 0
  let piece = pieces.next()
  while (piece.done !== true) {
    steps++
    piece = pieces.next()
  }
  return { outputs: piece.value.map((values) => [...values]), steps }
}

it('outputs after any sequence of changed weights are those of a model that was just made, bit by bit', async () => {
  let [spared, all] = [0, 0]
  for (let seed = 0; seed < NETS; seed++) {
    const { opened, plan } = await netOf(seed)
    const random = createRandom(seed)
    const size = plan.inputs[0]?.size ?? 0
    const samples = Array.from({ length: SAMPLES }, () => drawn(size, random))
    // Room for all samples, for few of them and for none.
    const room = [undefined, 4096, 0][seed % 3]
    const pass = new InferencePass(module, plan, opened, false, room)
    const own = opened.weights.filter(({ spec }) => spec.dtype === 'float32')
    const now = new Map(own.map(({ spec, values }) => [spec.name, values as Float32Array]))
    const past = new Map([...now].map(([name, values]) => [name, [values]]))
    let name = ''
    for (let change = 0; change < CHANGES; change++) {
      // One weight again and again, as a slider does it; sometimes another, sometimes as it was before.
      if (change === 0 || random.below(4) === 0)
        name = own[random.below(own.length)]?.spec.name ?? ''
      const before = past.get(name) ?? []
      const values =
        random.below(3) === 0
          ? (before[random.below(before.length)] as Float32Array)
          : drawn(before[0]?.length ?? 0, random).map((value) => Math.abs(value) + 0.1)
      before.push(values)
      now.set(name, values)
      const shown = someOf(samples, random)
      const fresh = new InferencePass(module, plan, opened, false, 0)
      for (const weight of own) {
        const values = now.get(weight.spec.name) ?? new Float32Array()
        pass.setWeight({ spec: weight.spec, values })
        fresh.setWeight({ spec: weight.spec, values })
      }
      const [found, wanted] = [ran(pass, shown), ran(fresh, shown)]
      expect(found.outputs, `net ${seed}, change ${change}`).toEqual(wanted.outputs)
      spared += wanted.steps - found.steps
      all += wanted.steps
    }
  }
  // Some of it was not computed again, or the test shows nothing.
  expect(spared).toBeGreaterThan(all / 50)
}, 60_000)

it('codes that are decoded anew whenever they are read are known again, also once they were let go of', async () => {
  const { opened, plan } = await netOf(3)
  const pass = new InferencePass(module, plan, opened, false)
  const random = createRandom(1)
  const samples = Array.from({ length: SAMPLES }, () => drawn(plan.inputs[0]?.size ?? 0, random))
  const coded = ({
    spec,
    values,
  }: Pick<OpenedModel['weights'][number], 'spec' | 'values'>): NamedWeight => ({
    spec,
    encoded: { kind: 'float', spec, values: Float32Array.from(values) },
    get values() {
      return Float32Array.from(values)
    },
  })
  const all = opened.weights.filter(({ spec }) => spec.dtype === 'float32')
  const kept = all.slice(0, -1).map(coded)
  const [last] = all.slice(-1)
  if (last === undefined) throw new Error('no weights')
  const steps = [0, 1, 2, 3].map(() => {
    for (const weight of kept) pass.setWeight(weight)
    pass.setWeight(coded({ spec: last.spec, values: drawn(last.values.length, random) }))
    const { steps } = ran(pass, samples)
    pass.letGo()
    return steps
  })
  const reading = plan.steps.length - plan.steps.findLastIndex((step) => 'kernel' in step)
  expect(steps).toEqual([plan.steps.length, plan.steps.length, reading, reading])
})

it('a change of the last weights computes only what reads them, once samples are known', async () => {
  const { opened, plan } = await netOf(3)
  const pass = new InferencePass(module, plan, opened, false)
  const random = createRandom(1)
  const samples = Array.from({ length: SAMPLES }, () => drawn(plan.inputs[0]?.size ?? 0, random))
  const last = opened.weights.at(-1)
  if (last === undefined) throw new Error('no weights')
  const change = (): void => {
    pass.setWeight({ spec: last.spec, values: drawn(last.values.length, random) })
  }
  expect(ran(pass, samples).steps).toBe(plan.steps.length)
  change()
  expect(ran(pass, samples).steps).toBe(plan.steps.length)
  change()
  const reading = plan.steps.length - plan.steps.findLastIndex((step) => 'kernel' in step)
  expect(ran(pass, samples).steps).toBe(reading)
  // One sample that was never seen: all of it for all of them.
  const [first, ...others] = samples
  if (first === undefined) throw new Error('no samples')
  expect(ran(pass, [...others, first.map((value) => -value)]).steps).toBe(plan.steps.length)
})

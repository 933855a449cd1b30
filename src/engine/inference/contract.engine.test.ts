import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import type { Answer } from '../../../testing/engine/distance'
import { openNet } from '../../../testing/engine/open-net'
import { randomInputs, randomNet } from '../../../testing/models/random-nets'
import { randomPictureNet } from '../../../testing/models/random-picture-nets'
import { sampleBytes } from '../../../testing/models/sample-files'
import { samples } from '../../../testing/models/sample-models'
import { loadWithStock } from '../../../testing/models/stock-model'
import { memoryFile } from '../../files/file-bundle'
import type { OpenedModel } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { kernelModules, readKernelModule, startWasmBackend } from '../host/wasm-in-node'
import { InferencePass } from './inference-pass'
import { planOf } from './plan'
import type { InferencePlan } from './plan'

/** Sums are added in another order than stock TensorFlow.js adds them. */
const TOLERANCE = 1e-5
/** `npm run check:inference` asks 200. */
const NETS = Number(process.env['NETS'] ?? 24)
const BATCH = 3

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const modules = kernelModules.map((name) => new WebAssembly.Module(readKernelModule(name)))

interface Asked {
  readonly opened: OpenedModel
  readonly given: readonly Float32Array[]
  /** By stock TensorFlow.js in plain JavaScript. */
  readonly wanted: readonly Answer[]
}

async function asked(build: () => tf.LayersModel, seed: number): Promise<Asked> {
  await tf.setBackend('cpu')
  const net = build()
  const inputs = randomInputs(net, BATCH, seed)
  const stock = [net.predict(inputs)].flat()
  const given = inputs.map((input) => Float32Array.from(input.dataSync()))
  const wanted = answersOf(stock)
  tf.dispose([inputs, stock])
  return { opened: await openNet(net), given, wanted }
}

function planFor({ graph }: OpenedModel): InferencePlan | null {
  const plan = planOf(graph)
  return 'reason' in plan ? null : plan
}

function answered(
  pass: InferencePass,
  given: readonly Float32Array[],
  count: number,
): readonly Answer[] {
  const found = pass.run(given, count)
  return pass.plan.outputs.map(({ sides }, at) => ({
    ...{ shape: [count, ...sides], dtype: 'float32' },
    values: [...(found[at] ?? [])],
  }))
}

/** Both builds, both heights of a tile, of which one must not be told from the other. */
function compare({ opened, given, wanted }: Asked, plan: InferencePlan): void {
  for (const module of modules) {
    const [low, high] = [false, true].map((isTall) =>
      answered(new InferencePass(module, plan, opened, isTall), given, BATCH),
    )
    expect(low).toEqual(high)
    expect(distance(low ?? [], wanted)).toBeLessThanOrEqual(TOLERANCE)
  }
}

it(`${NETS} random nets for pictures all have a plan, and answer as stock TensorFlow.js`, async () => {
  for (let seed = 0; seed < NETS; seed++) {
    const task = await asked(() => randomPictureNet(seed), seed)
    const plan = planFor(task.opened)
    expect(plan, `net ${seed}`).not.toBeNull()
    if (plan !== null) compare(task, plan)
  }
})

it('of random nets of all layers some have a plan, which answers the same; others say why they have none', async () => {
  let planned = 0
  for (let seed = 0; seed < NETS; seed++) {
    const task = await asked(() => randomNet(seed), seed)
    const plan = planOf(task.opened.graph)
    if ('reason' in plan) expect(plan.reason).not.toBe('')
    else {
      planned++
      compare(task, plan)
    }
  }
  expect(planned).toBeGreaterThan(0)
  expect(planned).toBeLessThan(NETS)
})

describe('a built-in model', () => {
  it.each(samples.map(({ id }) => id))('%s answers as stock TensorFlow.js does', async (id) => {
    const bytes = [...sampleBytes(id)]
    await tf.setBackend('wasm')
    const stock = await loadWithStock(
      tf,
      bytes.map(([path, content]) => ({ path, bytes: content })),
    )
    const inputs = randomInputs(stock, BATCH, 1)
    const outputs = [stock.predict(inputs)].flat()
    const wanted = answersOf(outputs)
    const given = inputs.map((input) => Float32Array.from(input.dataSync()))
    tf.dispose([inputs, outputs])
    stock.dispose()
    const opened = await openModel(
      bytes.map(([path, content]) => memoryFile(path, content)),
      () => Promise.resolve(),
    )
    const plan = planFor(opened)
    expect(plan).not.toBeNull()
    if (plan !== null) compare({ opened, given, wanted }, plan)
  })
})

it('answers of a sample do not depend on which others go through with it', async () => {
  const { opened, given } = await asked(() => randomPictureNet(5), 5)
  const plan = planFor(opened)
  const [module] = modules
  if (plan === null || module === undefined) throw new Error('no plan')
  const pass = new InferencePass(module, plan, opened, false)
  const [all] = answered(pass, given, BATCH)
  const alone = Array.from({ length: BATCH }, (_, at) => {
    const one = given.map((values) => {
      const size = values.length / BATCH
      return values.subarray(at * size, (at + 1) * size)
    })
    return answered(pass, one, 1)[0]?.values ?? []
  })
  expect(alone.flat()).toEqual(all?.values)
})

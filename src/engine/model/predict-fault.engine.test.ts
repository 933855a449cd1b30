import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it, vi } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { openNet } from '../../../testing/engine/open-net'
import { createRandom } from '../../core/random'
import { Program } from '../program/program'
import { createLayersModel } from './layers-model'
import { predictFaultOf } from './predict-fault'

beforeAll(() => tf.setBackend('cpu'))

const merges = ['add', 'average', 'maximum', 'minimum', 'multiply'] as const

/** Branches that are merged with one another and with themselves, and returned once or twice. */
function branches(seed: number): tf.LayersModel {
  const own = ownBranches(seed)
  if (seed % 5 > 0) return own
  const inputs = tf.input({ shape: [3] })
  return tf.model({ inputs, outputs: own.apply(inputs) as tf.SymbolicTensor | tf.SymbolicTensor[] })
}

function ownBranches(seed: number): tf.LayersModel {
  const random = createRandom(seed)
  const below = (count: number): number => Math.floor(random.uniform() * count)
  const inputs = tf.input({ shape: [3] })
  const values = [inputs]
  let last = inputs
  const some = (): tf.SymbolicTensor => values[below(values.length)] ?? inputs
  for (let at = 0; at < 7; at++) {
    const merge = merges[below(merges.length + 2)]
    const made =
      merge === undefined
        ? tf.layers.dense({ units: 3, activation: 'tanh' }).apply(some())
        : tf.layers[merge]().apply(Array.from({ length: 2 + below(2) }, some))
    last = made as tf.SymbolicTensor
    values.push(last)
  }
  return tf.model({ inputs, outputs: [last, ...Array.from({ length: below(3) }, some)] })
}

function throws(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

it('knows of every model whether stock TensorFlow.js throws, and answers all the same', async () => {
  // Stock warns of outputs that are there twice.
  const warning = vi.spyOn(console, 'warn').mockReturnValue()
  const found = { 'note/output-twice': 0, 'note/read-twice': 0, none: 0 }
  for (let seed = 0; seed < 60; seed++) {
    const stock = branches(seed)
    const x = tf.randomNormal([2, 3], 0, 1, 'float32', seed + 1)
    const code = predictFaultOf(stock)?.code ?? 'none'
    expect(
      throws(() => stock.predict(x)),
      `${seed} ${code}`,
    ).toBe(code !== 'none')
    found[code as keyof typeof found]++
    const opened = await openNet(stock)
    const [model, program] = [await createLayersModel(opened), new Program(opened)]
    expect(model.notes?.map((note) => note.code)).toEqual(code === 'none' ? [] : [code])
    const computed = program.predict([x])
    const before = tf.memory().numTensors
    const answer = model.predict([x])
    expect(distance(answersOf(answer), answersOf(computed))).toBeLessThan(1e-6)
    tf.dispose(answer)
    expect(tf.memory().numTensors).toBe(before)
    model.dispose()
    program.dispose()
    tf.dispose([x, computed])
  }
  for (const count of Object.values(found)) expect(count).toBeGreaterThan(5)
  warning.mockRestore()
})

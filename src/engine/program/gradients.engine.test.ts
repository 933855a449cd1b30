import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { installTrainingKernels } from '../../../testing/engine/install-training-kernels'
import { elements } from '../../../testing/engine/gradient-cases/elements'
import type { Answer, Case } from '../../../testing/engine/gradient-cases/gradient-case'
import { moves } from '../../../testing/engine/gradient-cases/moves'
import { products } from '../../../testing/engine/gradient-cases/products'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { createRandom } from '../../core/random'
import type { NodeOf, OpName } from '../../graph/operators'
import type { Shape } from '../../graph/values'
import { readKernelModule, startWasmBackend } from '../host/wasm-in-node'
import { differentiate } from '../training/network/differentiate'
import { inference } from './pass'
import type { Pass } from './pass'
import { Program } from './program'

beforeAll(() => tf.setBackend('cpu'))

/** A new operator has an answer here, or does not compile. */
const answers: { readonly [Op in OpName]: Answer<Op> } = { ...products, ...elements, ...moves }

/** How far numbers are moved, and how far a slope so found may be from a gradient, as a share of the largest. */
const STEP = 2 ** -7
const TOLERANCE = 5e-3

/** Sums of another backend are added in another order. */
const OTHER_ORDER = 1e-5

/** Calls what is learnt of one case: its real inputs, and what they come to. */
function withCase(
  op: OpName,
  one: Case<OpName>,
  learn: (real: readonly tf.Tensor[], loss: (...moved: tf.Tensor[]) => tf.Scalar) => void,
): void {
  const { attributes, shapes, indices = [], unread = [], from = -2, to = 2, outputs = 1 } = one
  const { truths = false } = one
  const random = createRandom(11)
  const names = shapes.map((_, at) => `x${at}`)
  // Sides in front are open: weights are inputs like any other here.
  const open = (shape: readonly number[]): Shape =>
    shape.map((side, axis) => (axis === 0 ? null : side))
  const inputs = Object.fromEntries(
    shapes.flatMap((shape, at) =>
      shape === null ? [] : [[names[at] ?? '', open(shape)] as const],
    ),
  )
  const made = Array.from({ length: outputs }, (_, at) => `y${at}`)
  const reads = shapes.map((shape, at) => (shape === null ? null : (names[at] ?? '')))
  const before = truths
    ? names.map((name) => node('cast', { to: 'bool' }, [name], [`${name}/is`]))
    : []
  const read = reads.map((name) => (name !== null && truths ? `${name}/is` : name))
  const only = node(op, attributes, read, made) as NodeOf<OpName>
  const nodes = [...before, only as ReturnType<typeof node>]
  const graph = graphOf({ inputs, nodes, outputs: made })
  const program = new Program({ graph, weights: [] })
  const pass: Pass = { ...inference, training: true, seed: 5, statistics: 'batch', ...one.pass }
  const given = shapes.flatMap((shape, at) => {
    if (shape === null) return []
    const length = shape.reduce((product, side) => product * side, 1)
    if (indices.includes(at))
      return [
        tf.tensor(
          Array.from({ length }, (_, place) => place % 2),
          [...shape],
          'int32',
        ),
      ]
    // Far enough apart, and from where functions bend, that a step crosses nothing.
    const places = Array.from({ length }, (_, place) => place)
    const shuffled = places
      .map((place) => [place, random.uniform()] as const)
      .toSorted(([, a], [, b]) => a - b)
      .map(([place]) => from + ((to - from) * (place + 0.37)) / length)
    return [tf.tensor(shuffled, [...shape])]
  })
  const real = given.filter(({ dtype }, at) => dtype === 'float32' && !unread.includes(at))
  const all = (moved: readonly tf.Tensor[]): tf.Tensor[] => {
    const left = [...moved]
    return given.map((tensor) => (real.includes(tensor) ? (left.shift() ?? tensor) : tensor))
  }
  const loss = (...moved: tf.Tensor[]): tf.Scalar => {
    const parts = program.forward(all(moved), pass).map((output, place) => {
      const weights = Array.from({ length: output.size }, (_, at) => Math.sin(1 + at + 3 * place))
      return tf.sum(tf.mul(tf.cast(output, 'float32'), tf.tensor(weights, output.shape)))
    })
    // Each counts by itself as well: some operators tell nothing of it.
    return [...moved.map((tensor) => tf.sum(tensor)), ...parts].reduce((sum, part) =>
      tf.add(sum, part),
    ) as tf.Scalar
  }
  learn(real, loss)
  tf.dispose(given)
  program.dispose()
}

type Loss = Parameters<Parameters<typeof withCase>[2]>[1]

function gradientsOf(real: readonly tf.Tensor[], loss: Loss): number[][] {
  const variables = real.map((tensor) => tf.variable(tensor))
  const { gradients, ...forward } = differentiate(
    () => ({ loss: loss(...variables), outputs: tf.scalar(0) }),
    variables,
  )
  const found = variables.map(({ name }) => [...(gradients.get(name)?.dataSync() ?? [])])
  tf.dispose([variables, forward.loss, forward.outputs, ...gradients.values()])
  return found
}

function slopesOf(real: readonly tf.Tensor[], loss: Loss): number[][] {
  return real.map((tensor, at) => {
    const values = [...tensor.dataSync()]
    return values.map((value, place) => {
      const [up, down] = [STEP, -STEP].map((step) =>
        tf.tidy(() => {
          const moved = tf.tensor(values.with(place, value + step), tensor.shape)
          return (
            loss(...real.map((each, other) => (other === at ? moved : each))).dataSync()[0] ?? NaN
          )
        }),
      )
      return ((up ?? NaN) - (down ?? NaN)) / (2 * STEP)
    })
  })
}

function expectAlike(found: number[][], wanted: number[][], tolerance: number, told: string): void {
  for (const [at, slopes] of wanted.entries()) {
    const scale = Math.max(1, ...slopes.map(Math.abs))
    const apart = slopes.map((slope, place) => Math.abs(slope - (found[at]?.[place] ?? NaN)))
    expect(Math.max(...apart) / scale, `${told}, input ${at}`).toBeLessThan(tolerance)
  }
}

function casesOf(op: OpName): readonly Case<OpName>[] {
  const answer: unknown = answers[op]
  return Array.isArray(answer) ? (answer as readonly Case<OpName>[]) : []
}

const derived = (Object.keys(answers) as OpName[]).filter((op) => casesOf(op).length > 0)

/** As plain JavaScript computes them, which are compared with slopes; by the case. */
const known = new Map<Case<OpName>, number[][]>()

describe('gradients are the slopes of what is computed, as the trainer takes them:', () => {
  it.each(derived)('%s', (op) => {
    for (const one of casesOf(op))
      withCase(op, one, (real, loss) => {
        const found = gradientsOf(real, loss)
        expectAlike(found, slopesOf(real, loss), TOLERANCE, JSON.stringify(one.attributes))
        known.set(one, found)
      })
  })
})

it('and on WebAssembly they are the same', async () => {
  await startWasmBackend()
  const kernels = await installTrainingKernels(readKernelModule())
  try {
    for (const op of derived)
      for (const one of casesOf(op))
        withCase(op, one, (real, loss) => {
          const [found, wanted] = [gradientsOf(real, loss), known.get(one) ?? []]
          expect(wanted).toHaveLength(real.length)
          expectAlike(found, wanted, OTHER_ORDER, `${op} ${JSON.stringify(one.attributes)}`)
        })
  } finally {
    kernels.uninstall()
    await tf.setBackend('cpu')
  }
})

it.each([
  'Add',
  'Sub',
  'Mul',
  'FloorDiv',
  'Mod',
  'Max',
  'Min',
  'Pow',
  'SquaredDifference',
] as const)('%s of whole numbers, such as sides and places, is the same in training', (name) => {
  const only = node('combine', { function: name }, ['a', 'b'], ['y'])
  const graph = graphOf({ inputs: { a: [null], b: [null] }, nodes: [only], outputs: ['y'] })
  const program = new Program({ graph, weights: [] })
  const inputs = [tf.tensor1d([7, 5, 2], 'int32'), tf.tensor1d([2, 3, 3], 'int32')]
  const [plain, trained] = [false, true].map((training) => {
    const [y] = program.forward(inputs, { ...inference, training })
    return [y?.dtype, [...(y?.dataSync() ?? [])]]
  })
  expect(trained).toEqual(plain)
  program.dispose()
})

/** Shaders beside operators of TensorFlow.js in plain JavaScript. */
import * as tf from '@tensorflow/tfjs'
import type { TensorSpec } from '../../src/core/tensor-spec.ts'
import type { QuantizeSettings } from '../../src/techniques/quantize/quantize-settings.ts'
import { addThenRelu } from '../../src/engine/wasm-kernels/add-relu.ts'
import { batchNormTraining, batchNormWith } from '../../src/engine/wasm-kernels/batch-norm.ts'
import { movedTowards } from '../../src/engine/wasm-kernels/moving-average.ts'
import { prepareDeviceKernels } from '../../src/engine/webgpu-kernels/prepare-device-kernels.ts'
import { codes, learnedCodes } from './learned-codes.ts'

type Numbers = Float32Array
type Way = (given: tf.Tensor[]) => tf.Tensor

const EPSILON = 1e-3

/** What is compared, each on inputs of these shapes; by operators and by a shader. */
const cases: readonly (readonly [string, number[][], Way, Way])[] = [
  ...(['linear', 'relu', 'relu6'] as const).flatMap((activation) =>
    (
      [
        [3, 5],
        [700, 33],
        [5000, 4],
      ] as const
    ).flatMap(([rows, channels]) => {
      const shapes = [[rows, 1, channels], [channels], [channels]]
      const name = `${rows} x ${channels}${activation === 'linear' ? '' : `, ${activation}`}`
      const bent = (y: tf.Tensor): tf.Tensor => (activation === 'linear' ? y : tf[activation](y))
      const spread = (all: tf.Tensor[], mean: tf.Tensor, variance: tf.Tensor): tf.Tensor => {
        const [x, gamma, beta] = all as [tf.Tensor, tf.Tensor, tf.Tensor]
        const factor = tf.mul(gamma, tf.rsqrt(tf.add(variance, EPSILON)))
        return bent(tf.add(tf.mul(tf.sub(x, mean), factor), beta))
      }
      const held = (): { mean: tf.Tensor; variance: tf.Tensor } => ({
        mean: tf.linspace(-1, 1, channels),
        variance: tf.linspace(0.5, 2, channels),
      })
      const of = (all: tf.Tensor[]) => {
        const [x, gamma, beta] = all as [tf.Tensor, tf.Tensor, tf.Tensor]
        return { x, gamma, beta, epsilon: EPSILON, activation }
      }
      return [
        [
          `statistics of the batch, ${name}`,
          shapes,
          (all: tf.Tensor[]) => {
            const { mean, variance } = tf.moments(all[0] ?? 0, [0, 1])
            return spread(all, mean, variance)
          },
          (all: tf.Tensor[]) => batchNormTraining(of(all)).y,
        ] as const,
        [
          `statistics that are held, ${name}`,
          shapes,
          (all: tf.Tensor[]) => spread(all, held().mean, held().variance),
          (all: tf.Tensor[]) => batchNormWith(of(all), held()),
        ] as const,
      ]
    }),
  ),
  [
    'a sum and its ReLU',
    [
      [7, 11],
      [7, 11],
    ],
    ([a, b]) => tf.relu(tf.add(a ?? 0, b ?? 0)),
    ([a, b]) => addThenRelu(a ?? tf.scalar(0), b ?? tf.scalar(0)),
  ],
  ['ReLU', [[300]], ([x]) => tf.relu(x ?? 0), ([x]) => tf.relu(x ?? 0)],
]

/** @returns for each case how far results and gradients are apart, as a share of the largest */
export async function besidePlain(): Promise<Map<string, number>> {
  const kernels = prepareDeviceKernels()
  if (kernels === null) throw new Error('the backend does not show its device')
  const found = new Map<string, number>()
  for (const [name, shapes, plain, own] of cases) {
    await tf.setBackend('cpu')
    const wanted = await learnt(shapes, plain)
    await tf.setBackend('webgpu')
    const leave = kernels.enter()
    const made = await learnt(shapes, own)
    leave()
    found.set(name, Math.max(...made.map((values, at) => apart(values, wanted[at]))))
  }
  const leave = kernels.enter()
  const moved = movedTowards(tf.tensor1d([1, 2, -3]), tf.tensor1d([3, 2, 1]), 0.25)
  leave()
  found.set('a moving average', apart(await moved.data<'float32'>(), Float32Array.of(1.5, 2, -2)))
  return found
}

const weights = [40, 6, 5]
const settings = (['symmetric', 'asymmetric'] as const).flatMap((symmetry) =>
  (['perTensor', 'perChannel', 'perGroup'] as const).flatMap((granularity) =>
    [2, 4, 8].map((bits) => ({ ...codes, symmetry, granularity, groupSize: 4, bits })),
  ),
)

/**
 * Codes with learned ranges beside the file's own code: a weight at the edge of a bin may be rounded to either side.
 * @returns for each setting the share of weights that are restored otherwise, and how far all else is apart
 */
export async function codesBesideFile(): Promise<Map<string, { edges: number; apart: number }>> {
  const kernels = prepareDeviceKernels()
  if (kernels === null) throw new Error('the backend does not show its device')
  const spec: TensorSpec = {
    ...{ name: 'w', dtype: 'float32', layerName: 'layer', layerKind: 'dense', role: 'kernel' },
    ...{ shape: weights, channel: { count: 5, inner: 1 } },
  }
  const found = new Map<string, { edges: number; apart: number }>()
  for (const how of settings) {
    await tf.setBackend('cpu')
    const wanted = await coded(spec, how)
    await tf.setBackend('webgpu')
    const leave = kernels.enter()
    const made = await coded(spec, how)
    leave()
    const [values = [], own = []] = [wanted[0], made[0]]
    const largest = Math.max(...values)
    const isElsewhere = (value: number, at: number): boolean =>
      !(Math.abs(value - (values[at] ?? NaN)) < 1e-5 * largest)
    const edges = [...own].filter(isElsewhere).length / own.length
    const others = made.slice(1).map((numbers, at) => apart(numbers, wanted[at + 1]))
    const { symmetry, granularity, bits } = how
    found.set(`${symmetry} ${granularity} ${bits}`, { edges, apart: Math.max(...others) })
  }
  return found
}

/** What is restored, the gradients of weights and ends, and weights that are clipped. */
async function coded(spec: TensorSpec, how: QuantizeSettings): Promise<Numbers[]> {
  const draw = (seed: number): tf.Tensor => tf.randomNormal(weights, 0, 1, 'float32', seed)
  const [weight, outer] = [draw(5), draw(6)]
  const values = Float32Array.from(await weight.data<'float32'>())
  const { clipped, dispose, range, through } = learnedCodes(spec, values, how)
  const variables = [range.high, ...(range.low === null ? [] : [range.low])]
  const variable = tf.variable(weight)
  const { grads } = tf.variableGrads(
    () => through(variable).mul(outer).sum().asScalar(),
    [variable, ...variables],
  )
  const ofAll = [variable, ...variables].flatMap(({ name }) => grads[name] ?? [])
  const restored = tf.tidy(() => through(variable))
  const made = [restored, ...ofAll, clipped(variable)]
  const numbers = await Promise.all(made.map((one) => one.data<'float32'>()))
  tf.dispose([weight, outer, variable, made])
  dispose()
  return numbers.map((one) => one.slice())
}

/** The result and the gradients of a sum of it with weights. */
async function learnt(shapes: readonly number[][], way: Way): Promise<Numbers[]> {
  const given = shapes.map((shape, at) => tf.randomNormal(shape, 0.5, 1, 'float32', 3 + at))
  const y = tf.tidy(() => way(given))
  const outer = tf.randomNormal(y.shape, 0, 1, 'float32', 17)
  const gradients = tf.grads((...all: tf.Tensor[]) => way(all).mul(outer).sum())(given)
  const numbers = await Promise.all([y, ...gradients].map((one) => one.data<'float32'>()))
  tf.dispose([given, y, outer, gradients])
  return numbers.map((values) => values.slice())
}

function apart(values: Numbers, wanted: Numbers = new Float32Array()): number {
  const largest = Math.max(...wanted.map(Math.abs))
  return Math.max(...values.map((value, at) => Math.abs(value - (wanted[at] ?? NaN)))) / largest
}

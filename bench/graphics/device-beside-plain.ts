/** Shaders beside operators of TensorFlow.js in plain JavaScript. */
import * as tf from '@tensorflow/tfjs'
import { addThenRelu } from '../../src/engine/wasm-kernels/add-relu.ts'
import { batchNormTraining, batchNormWith } from '../../src/engine/wasm-kernels/batch-norm.ts'
import { movedTowards } from '../../src/engine/wasm-kernels/moving-average.ts'
import { prepareDeviceKernels } from '../../src/engine/webgpu-kernels/prepare-device-kernels.ts'

type Numbers = Float32Array
type Way = (given: tf.Tensor[]) => tf.Tensor

const EPSILON = 1e-3

/** What is compared, each on inputs of these shapes; by operators and by a shader. */
const cases: readonly (readonly [string, number[][], Way, Way])[] = [
  ...[false, true].flatMap((relu) =>
    (
      [
        [3, 5],
        [700, 33],
        [5000, 4],
      ] as const
    ).flatMap(([rows, channels]) => {
      const shapes = [[rows, 1, channels], [channels], [channels]]
      const name = `${rows} x ${channels}${relu ? ', ReLU' : ''}`
      const bent = (y: tf.Tensor): tf.Tensor => (relu ? tf.relu(y) : y)
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
        return { x, gamma, beta, epsilon: EPSILON, relu }
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

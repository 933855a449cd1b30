import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { spareInputGradients } from './first-convolutions'

beforeAll(async () => {
  await tf.setBackend('cpu')
})
let model: tf.Sequential
afterEach(() => {
  model.dispose()
})

function build(useBias: boolean): void {
  const initial = (seed: number) => tf.initializers.glorotUniform({ seed })
  model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [6, 6, 2],
        filters: 3,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias,
        kernelInitializer: initial(1),
        biasInitializer: initial(2),
      }),
      tf.layers.conv2d({ filters: 2, kernelSize: 2, kernelInitializer: initial(3) }),
      tf.layers.flatten(),
    ],
  })
}

/** Tensors with the sides of what the first convolution says that gradients keep. */
function keptOfFirst(): number {
  const found = new Set<object>()
  for (const { saved = [] } of tf.engine().state.activeTape)
    for (const { dataId, shape } of saved) if (shape.join() === '4,3,3,3') found.add(dataId)
  return found.size
}

/** Gradients of all weights, the kernels that were run for them, and what was kept. */
async function gradients(): Promise<{ values: number[][]; kernels: string[]; kept: number }> {
  const x = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 4)
  const variables = model.trainableWeights
    .map((weight): unknown => weight.read())
    .filter((weight) => weight instanceof tf.Variable)
  let values: number[][] = []
  let kept = 0
  const profile = await tf.profile(() => {
    const { grads } = tf.variableGrads(() => {
      const y = model.apply(x, { training: true }) as tf.Tensor
      kept = keptOfFirst()
      return tf.sum(tf.square(y))
    }, variables)
    values = variables.map(({ name }) => [...(grads[name]?.dataSync() ?? [])])
    tf.dispose(grads)
    return x
  })
  x.dispose()
  return { values, kernels: profile.kernels.map(({ name }) => name), kept }
}

it.each([true, false])(
  'gives the same gradients without that of the input (bias: %s)',
  async (bias) => {
    build(bias)
    const before = await gradients()
    spareInputGradients(model.layers)
    const after = await gradients()
    expect(after.values).toEqual(before.values)
    // What the second reads, and no sum without its bias.
    expect([before.kept, after.kept]).toEqual([1, 1])
    const count = (names: string[]): number =>
      names.filter((name) => name.includes('Conv2DBackpropInput')).length
    // The second convolution needs its own.
    expect([count(before.kernels), count(after.kernels)]).toEqual([2, 1])
  },
)

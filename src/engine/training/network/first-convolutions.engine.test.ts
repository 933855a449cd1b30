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

/** Gradients of all weights, and the kernels that were run for them. */
async function gradients(): Promise<{ values: number[][]; kernels: string[] }> {
  const x = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 4)
  const variables = model.trainableWeights
    .map((weight): unknown => weight.read())
    .filter((weight) => weight instanceof tf.Variable)
  let values: number[][] = []
  const profile = await tf.profile(() => {
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)),
      variables,
    )
    values = variables.map(({ name }) => [...(grads[name]?.dataSync() ?? [])])
    tf.dispose(grads)
    return x
  })
  x.dispose()
  return { values, kernels: profile.kernels.map(({ name }) => name) }
}

it.each([true, false])(
  'gives the same gradients without that of the input (bias: %s)',
  async (bias) => {
    build(bias)
    const before = await gradients()
    spareInputGradients(model.layers)
    const after = await gradients()
    expect(after.values).toEqual(before.values)
    const count = (names: string[]): number =>
      names.filter((name) => name.includes('Conv2DBackpropInput')).length
    // The second convolution needs its own.
    expect([count(before.kernels), count(after.kernels)]).toEqual([2, 1])
  },
)

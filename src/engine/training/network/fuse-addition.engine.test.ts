import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { withBothKernelModules } from '../../../../testing/engine/both-kernel-modules'
import { largestDifference, randomValues } from '../../../../testing/engine/kernel-comparison'
import { fuseAddition } from './fuse-addition'

/** Two residual connections with a ReLU behind, and a sum of three that stays as it is. */
function residualModel(): tf.LayersModel {
  const convolution = (seed: number) =>
    tf.layers.conv2d({
      filters: 3,
      kernelSize: 3,
      padding: 'same',
      kernelInitializer: tf.initializers.glorotUniform({ seed }),
    })
  const apply = (layer: tf.layers.Layer, to: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(to) as tf.SymbolicTensor
  const input = tf.input({ shape: [5, 5, 3] })
  const first = apply(
    tf.layers.reLU(),
    apply(tf.layers.add({ name: 'first' }), [input, apply(convolution(1), input)]),
  )
  const second = apply(
    tf.layers.activation({ activation: 'relu' }),
    apply(tf.layers.add(), [apply(convolution(2), first), first]),
  )
  const third = apply(tf.layers.reLU(), apply(tf.layers.add(), [input, first, second]))
  return tf.model({ inputs: input, outputs: third })
}

withBothKernelModules(() => {
  it('computes a ReLU that alone reads a sum of two with it, gradients too, and gives the layers back', async () => {
    const model = residualModel()
    const { values } = randomValues([4, 5, 5, 3], 1)
    const x = tf.tensor(values, [4, 5, 5, 3])
    const run = async () => {
      const found: Float32Array[] = []
      const { kernels } = await tf.profile(() =>
        tf.tidy(() => {
          const { value, grads } = tf.variableGrads(() =>
            tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)),
          )
          for (const tensor of [value, ...Object.values(grads)])
            found.push(tensor.dataSync<'float32'>().slice())
          return value
        }),
      )
      const count = (kernel: string) => kernels.filter(({ name }) => name === kernel).length
      return { found, relus: count('Relu'), fused: count('AddRelu') }
    }
    const own = await run()
    const before = tf.memory().numTensors
    const restore = fuseAddition(model)
    const fused = await run()
    expect([own.relus, own.fused]).toEqual([3, 0])
    expect([fused.relus, fused.fused]).toEqual([1, 2])
    own.found.forEach((expected, i) => {
      expect(largestDifference(expected, fused.found[i] ?? [])).toBe(0)
    })
    restore()
    expect((await run()).fused).toBe(0)
    // The value that a profile returns stays with its caller.
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2)
    const restoreOther = fuseAddition(model, ({ name }) => name === 'first')
    expect((await run()).fused).toBe(1)
    restoreOther()
    x.dispose()
    model.dispose()
  })
})

import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { withBothKernelModules } from '../../../../testing/engine/both-kernel-modules'
import { largestDifference, randomValues } from '../../../../testing/engine/kernel-comparison'
import { fuseBatchNormalization } from './fuse-batch-normalization'

/** Three normalisations: two followed by a ReLU alone, one read twice. */
function branchedModel(): tf.LayersModel {
  const convolution = (seed: number) =>
    tf.layers.conv2d({
      filters: 5,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      kernelInitializer: tf.initializers.glorotUniform({ seed }),
    })
  const input = tf.input({ shape: [6, 6, 2] })
  const apply = (layer: tf.layers.Layer, to: tf.SymbolicTensor) =>
    layer.apply(to) as tf.SymbolicTensor
  let x = apply(convolution(1), input)
  x = apply(tf.layers.reLU(), apply(tf.layers.batchNormalization(), x))
  x = apply(tf.layers.batchNormalization(), apply(convolution(2), x))
  x = apply(tf.layers.activation({ activation: 'relu' }), x)
  const shared = apply(tf.layers.batchNormalization(), apply(convolution(3), x))
  const branch = apply(tf.layers.activation({ activation: 'relu' }), shared)
  const sum = tf.layers.add().apply([shared, branch]) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: sum })
}

withBothKernelModules(() => {
  it('computes a ReLU that alone reads a normalisation with it, and gives the layers back', async () => {
    const model = branchedModel()
    const { values } = randomValues([7, 6, 6, 2], 1)
    const x = tf.tensor(values, [7, 6, 6, 2])
    const run = async (training: boolean) => {
      const outputs: tf.Tensor[] = []
      const { kernels } = await tf.profile(() => {
        const y = model.apply(x, { training }) as tf.Tensor
        outputs.push(y)
        return y
      })
      const result = outputs.map((y) => y.dataSync<'float32'>())
      tf.dispose(outputs)
      return {
        result: result[0] ?? [],
        relus: kernels.filter(({ name }) => name === 'Relu').length,
      }
    }
    const own = await run(true)
    const inference = await run(false)
    // The moving averages have moved with each pass in training.
    const averages = model.getWeights().map((weight) => weight.clone())
    const restore = fuseBatchNormalization(model)
    const fused = await run(true)
    model.setWeights(averages)
    expect((await run(false)).result).toEqual(inference.result)
    expect(own.relus).toBe(3)
    expect(fused.relus).toBe(1)
    expect(largestDifference(own.result, fused.result)).toBeLessThan(1e-5)
    restore()
    expect((await run(true)).relus).toBe(3)
    // Somebody looks at the first: it shows what it says itself.
    const looked = model.layers.find((layer) => layer.getClassName() === 'BatchNormalization')
    const restoreOther = fuseBatchNormalization(model, (layer) => layer === looked)
    expect((await run(true)).relus).toBe(2)
    restoreOther()
    tf.dispose([x, ...averages])
    model.dispose()
  })
})

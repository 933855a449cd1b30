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

  it('computes with statistics that are held, and the gradients are those of the layers', () => {
    const [own, ours] = [branchedModel(), branchedModel()]
    for (const model of [own, ours])
      model.setWeights(
        model.weights.map(({ name, shape }, index) => {
          const { values } = randomValues(shape.map(Number), 30 + index)
          const tensor = tf.tensor(values, shape.map(Number))
          return name.includes('moving_variance') ? tf.add(tf.abs(tensor), 0.5) : tensor
        }),
      )
    fuseBatchNormalization(ours)
    for (const layer of ours.layers) {
      const call = layer.call.bind(layer)
      layer.call = (inputs, args) => call(inputs, { ...args, training: true, held: true })
    }
    const { values } = randomValues([7, 6, 6, 2], 2)
    const x = tf.tensor(values, [7, 6, 6, 2])
    const run = (model: tf.LayersModel, training: boolean) => {
      const variables = model.trainableWeights
        .map((weight): unknown => weight.read())
        .filter((weight) => weight instanceof tf.Variable)
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.square(model.apply(x, { training }) as tf.Tensor)).asScalar(),
        variables,
      )
      return [value, ...variables.map(({ name }) => grads[name] ?? tf.scalar(NaN))].map((found) =>
        found.dataSync<'float32'>(),
      )
    }
    const before = ours.getWeights().map((weight) => weight.dataSync())
    const [stock, fused] = [run(own, false), run(ours, true)]
    stock.forEach((found, index) => {
      const largest = Math.max(...found.map(Math.abs))
      expect(largest).toBeGreaterThan(0)
      const difference = largestDifference(found, fused[index] ?? new Float32Array())
      expect(difference / largest).toBeLessThan(1e-5)
    })
    expect(ours.getWeights().map((weight) => weight.dataSync())).toEqual(before)
    x.dispose()
    own.dispose()
    ours.dispose()
  })
})

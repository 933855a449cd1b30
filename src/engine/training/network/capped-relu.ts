import * as tf from '@tensorflow/tfjs'

type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/**
 * Lets ReLU with a largest value (ReLU6) train in one operation that keeps what it says and nothing else. The layer
 * computes it in two, which both keep what they read. Only training changes.
 */
export function capInOne(layers: readonly tf.layers.Layer[]): void {
  for (const layer of layers) {
    if (layer.getClassName() !== 'ReLU') continue
    const { maxValue } = layer.getConfig()
    if (typeof maxValue === 'number') useOne(layer, maxValue)
  }
}

function useOne(layer: tf.layers.Layer, most: number): void {
  const own = layer.call.bind(layer)
  layer.call = (inputs: CallInputs, args: CallArguments) => {
    const x = Array.isArray(inputs) ? inputs[0] : inputs
    const training = (args as { training?: boolean } | undefined)?.training === true
    return training && x !== undefined ? cappedRelu(x, most) : own(inputs, args)
  }
}

/** min(max(x, 0), most); the gradient passes where the result is neither of both. */
function cappedRelu(x: tf.Tensor, most: number): tf.Tensor {
  const capped = tf.customGrad((...parameters: unknown[]) => {
    const value = (parameters[0] as tf.Tensor).clipByValue(0, most)
    const save = parameters.at(-1) as tf.GradSaveFunc
    save([value])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [y] = saved
        if (y === undefined) throw new RangeError('a capped ReLU without its result')
        return dy.mul(tf.logicalAnd(y.greater(0), y.less(most)).cast('float32'))
      },
    }
  })
  return capped(x)
}

import type * as tf from '@tensorflow/tfjs'
import { addThenRelu } from '../../wasm-kernels/add-relu'
import { followingRelu, passThrough } from './following-relu'

type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/**
 * Lets the model's sums of two (residual connections) train in one kernel with the ReLU layer that alone reads them.
 * Only training changes.
 *
 * @param seen whether somebody else reads what the layer says; then its ReLU stays apart
 * @returns a function that gives the layers their own `call` back.
 */
export function fuseAddition(
  model: tf.LayersModel,
  seen: (layer: tf.layers.Layer) => boolean = () => false,
): () => void {
  const restore = model.layers
    .filter((layer) => layer.getClassName() === 'Add')
    .flatMap((layer) => {
      const relu = followingRelu(layer, model)
      return relu === null ? [] : [fuse(layer, relu, seen)]
    })
  return () => {
    for (const undo of restore) undo()
  }
}

function fuse(
  addition: tf.layers.Layer,
  relu: tf.layers.Layer,
  seen: (layer: tf.layers.Layer) => boolean,
): () => void {
  const own = addition.call.bind(addition)
  let rectified = false
  addition.call = (inputs: CallInputs, args: CallArguments) => {
    const [a, b, ...more] = Array.isArray(inputs) ? inputs : [inputs]
    const training = Boolean((args as { training?: boolean } | undefined)?.training)
    const two = a !== undefined && b !== undefined && more.length === 0 && areAlike(a, b)
    rectified = training && two && !seen(addition)
    return rectified && a && b ? addThenRelu(a, b) : own(inputs, args)
  }
  const undoRelu = passThrough(relu, () => rectified)
  return () => {
    addition.call = own
    undoRelu()
  }
}

function areAlike(a: tf.Tensor, b: tf.Tensor): boolean {
  const float = a.dtype === 'float32' && b.dtype === 'float32'
  return float && a.rank === b.rank && a.shape.every((side, axis) => side === b.shape[axis])
}

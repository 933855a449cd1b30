import * as tf from '@tensorflow/tfjs'

/** How tfjs saves a tensor for the way back; private there. */
interface Saving {
  clone: (x: tf.Tensor) => tf.Tensor
}

/**
 * Lets the tape save tensors as further names of the same memory. tfjs runs a kernel for each, through all that it does
 * for one, and records it as an operation that a way back could take.
 * @returns what makes tfjs save as before
 */
export function savedByName(): () => void {
  const engine = tf.engine()
  const saving = engine as unknown as Saving
  const before = Object.getOwnPropertyDescriptor(saving, 'clone')
  const copied = saving.clone.bind(saving)
  saving.clone = (x) => {
    const { dataId, shape, dtype } = x
    // What lies elsewhere has to be moved first.
    if (engine.state.tensorInfo.get(dataId)?.backend !== engine.backend) return copied(x)
    engine.backend.incRef(dataId)
    return engine.makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype })
  }
  return () => {
    if (before === undefined) Reflect.deleteProperty(saving, 'clone')
    else Object.defineProperty(saving, 'clone', before)
  }
}

import * as tf from '@tensorflow/tfjs'

/** Gradients are global: the replacement must itself see to the other backends. */
export function replaceGradient(
  kernelName: string,
  replacement: (stock: tf.GradConfig) => tf.GradConfig,
): () => void {
  const stock = tf.getGradient(kernelName)
  tf.unregisterGradient(kernelName)
  tf.registerGradient(replacement(stock))
  return () => {
    tf.unregisterGradient(kernelName)
    tf.registerGradient(stock)
  }
}

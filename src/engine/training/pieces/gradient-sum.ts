import * as tf from '@tensorflow/tfjs'

/** Gradients of the pieces of a batch, added up in the order that they come. */
export class GradientSum {
  private sums = new Map<string, tf.Tensor>()

  /** Takes gradients over, by their share of the batch already. */
  add(gradients: ReadonlyMap<string, tf.Tensor>): void {
    for (const [name, gradient] of gradients) {
      const known = this.sums.get(name)
      this.sums.set(name, known === undefined ? gradient : tf.add(known, gradient))
      if (known !== undefined) tf.dispose([known, gradient])
    }
  }

  /** Hands the sums over. */
  take(): Map<string, tf.Tensor> {
    const { sums } = this
    this.sums = new Map()
    return sums
  }

  dispose(): void {
    tf.dispose([...this.take().values()])
  }
}

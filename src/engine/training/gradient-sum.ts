import * as tf from '@tensorflow/tfjs'

/** Gradients of the pieces of a batch, added up in the order that they come. */
export class GradientSum {
  private sums = new Map<string, tf.Tensor>()

  /**
   * Takes gradients over.
   * @param share of the batch that they are the mean of
   */
  add(gradients: ReadonlyMap<string, tf.Tensor>, share: number): void {
    for (const [name, gradient] of gradients) {
      const known = this.sums.get(name)
      if (known === undefined && share === 1) {
        this.sums.set(name, gradient)
        continue
      }
      const sum = tf.tidy(() => {
        const part = gradient.mul(share)
        return known === undefined ? part : known.add(part)
      })
      this.sums.set(name, sum)
      known?.dispose()
      gradient.dispose()
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

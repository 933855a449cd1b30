import * as tf from '@tensorflow/tfjs'
import type { ValueName } from '../../graph/values'

/**
 * Values of one pass by name. One tensor may be several of them, since an operator may hand on what it gets: it is freed
 * with the last. What is lent is never freed here.
 */
export class HeldValues {
  private readonly tensors = new Map<ValueName, tf.Tensor>()
  private readonly names = new Map<tf.Tensor, number>()
  private readonly lent = new Set<tf.Tensor>()

  get(name: ValueName): tf.Tensor | null {
    return this.tensors.get(name) ?? null
  }

  lend(name: ValueName, tensor: tf.Tensor): void {
    this.tensors.set(name, tensor)
    this.lent.add(tensor)
  }

  hold(name: ValueName, tensor: tf.Tensor): void {
    this.tensors.set(name, tensor)
    if (!this.lent.has(tensor)) this.names.set(tensor, (this.names.get(tensor) ?? 0) + 1)
  }

  free(name: ValueName): void {
    const tensor = this.tensors.get(name)
    this.tensors.delete(name)
    if (tensor === undefined || !this.names.has(tensor)) return
    const left = (this.names.get(tensor) ?? 0) - 1
    if (left > 0) this.names.set(tensor, left)
    else {
      this.names.delete(tensor)
      tensor.dispose()
    }
  }

  /** Whether it is held under no name, and not lent. */
  isUnheld(tensor: tf.Tensor): boolean {
    return !this.names.has(tensor) && !this.lent.has(tensor)
  }

  /** Handed out for good, each as a tensor of its own. */
  taken(names: readonly ValueName[]): tf.Tensor[] {
    const taken = new Set<tf.Tensor>()
    return names.map((name) => {
      const tensor = this.tensors.get(name)
      if (tensor === undefined) throw new RangeError(`nothing gives ${name}`)
      const isOurs = this.names.delete(tensor)
      const isNew = isOurs && !taken.has(tensor)
      taken.add(tensor)
      // In another shape a tensor shares its values: a copy would be one on WebAssembly.
      return isNew ? tensor : tf.reshape(tensor, tensor.shape)
    })
  }

  freeAll(): void {
    for (const tensor of this.names.keys()) tensor.dispose()
    this.names.clear()
    this.tensors.clear()
  }
}

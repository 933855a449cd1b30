import * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'

export interface AdamSettings {
  learningRate: number
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
}

/**
 * Adam (Kingma & Ba 2015), one pass over each variable's memory. The same arithmetic as
 * `tf.train.adam`, which runs about a dozen kernels per variable.
 */
export class SimdAdam extends tf.Optimizer {
  /** May be changed between steps, for a schedule. */
  learningRate: number
  private readonly beta1: number
  private readonly beta2: number
  private readonly epsilon: number
  private step = 0
  private readonly moments = new Map<string, { first: tf.TensorInfo; second: tf.TensorInfo }>()

  constructor(
    private readonly host: KernelHost,
    { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamSettings,
  ) {
    super()
    this.learningRate = learningRate
    this.beta1 = beta1
    this.beta2 = beta2
    this.epsilon = epsilon
  }

  static get className(): string {
    return 'SimdAdam'
  }

  override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]) {
    const named = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor] as const)
      : Object.entries(gradients)
    this.step += 1
    for (const [name, gradient] of named) {
      const variable = tf.engine().registeredVariables[name]
      if (!variable) throw new Error(`Adam: there is no variable '${name}'.`)
      this.update(variable, gradient)
    }
    this.incrementIterations()
  }

  private update(variable: tf.Variable, gradient: tf.Tensor): void {
    const { host } = this
    const { first, second } = this.momentsOf(variable)
    const updated = host.output(variable.shape)
    host.module.adamStep(
      host.address(variable),
      host.address(gradient),
      host.address(first),
      host.address(second),
      host.address(updated),
      variable.size,
      this.beta1,
      this.beta2,
      1 / (1 - this.beta1 ** this.step),
      1 / (1 - this.beta2 ** this.step),
      this.learningRate,
      this.epsilon,
    )
    // Never into the variable's own memory: the backend keeps packed weights per tensor and would
    // go on computing with the old ones.
    const tensor = tf.engine().makeTensorFromTensorInfo(updated)
    variable.assign(tensor)
    tensor.dispose()
  }

  private momentsOf(variable: tf.Variable) {
    let moments = this.moments.get(variable.name)
    if (!moments) {
      const { host } = this
      moments = { first: host.zeros(variable.shape), second: host.zeros(variable.shape) }
      this.moments.set(variable.name, moments)
    }
    return moments
  }

  override dispose(): void {
    for (const { first, second } of this.moments.values()) this.host.release(first, second)
    this.moments.clear()
    super.dispose()
  }

  getConfig(): tf.serialization.ConfigDict {
    const { learningRate, beta1, beta2, epsilon } = this
    return { learningRate, beta1, beta2, epsilon }
  }
}

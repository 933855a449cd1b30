import * as tf from '@tensorflow/tfjs'
import type { TrainingSettings } from '../../training/training-settings'
import type { KernelHost } from '../wasm-kernels/backend-memory'
import { AdamOnDevice } from './adam-on-device'

const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = 1e-7

/** What an optimizer remembers of one variable. */
type SlotName = 'velocity' | 'first' | 'second'

export interface OptimizerSnapshot {
  readonly restore: () => void
  readonly dispose: () => void
}

export type OptimizerSettings = Pick<TrainingSettings, 'optimizer' | 'momentum' | 'weightDecay'>

/**
 * Stochastic gradient descent with momentum (Polyak 1964), Adam (Kingma & Ba 2015) and AdamW (Loshchilov &
 * Hutter 2019), with everything they remember open to masks and checkpoints. Where the training kernels
 * have the backend's memory, Adam is one pass over it; on a WebGPU device all weights are one submission.
 */
export class TrainingOptimizer {
  /** Updates so far; corrects the bias of Adam's averages. */
  steps = 0
  private readonly settings: OptimizerSettings
  private readonly host: KernelHost | null
  private readonly slots = new Map<string, tf.Tensor>()
  /** Made for the first update; null: there is no such device. */
  private onDevice: AdamOnDevice | null | undefined

  constructor(settings: OptimizerSettings, host: KernelHost | null) {
    this.settings = settings
    this.host = host
  }

  /**
   * One update of all variables.
   * @param gradients by the name of the weight; those without one keep still
   * @param decayed names that weight decay applies to
   */
  update(
    variables: ReadonlyMap<string, tf.Variable>,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
    decayed: ReadonlySet<string>,
  ): void {
    this.steps++
    if (this.updatedOnDevice(variables, gradients, learningRate, decayed)) return
    for (const [name, gradient] of gradients) {
      const variable = variables.get(name)
      if (variable === undefined) continue
      const updated = this.updated(name, variable, gradient, learningRate, decayed.has(name))
      // Never into the variable's own memory: the backend keeps packed weights per tensor.
      variable.assign(updated)
      updated.dispose()
    }
  }

  /** Zeroes what is remembered of removed weights. @param mask 1 = kept */
  mask(name: string, mask: tf.Tensor): void {
    for (const slot of ['velocity', 'first', 'second'] as const) {
      const known = this.slots.get(keyOf(name, slot))
      if (known !== undefined) this.put(keyOf(name, slot), tf.mul(known, mask))
    }
  }

  /** Copies of everything remembered, by name. */
  async read(): Promise<Map<string, Float32Array>> {
    const copies = new Map<string, Float32Array>()
    for (const [key, tensor] of this.slots)
      copies.set(key, Float32Array.from(await tensor.data<'float32'>()))
    return copies
  }

  /**
   * Takes up what `read` gave.
   * @param shapes of the variables, by name
   */
  load(
    copies: ReadonlyMap<string, Float32Array>,
    shapes: ReadonlyMap<string, readonly number[]>,
  ): void {
    this.forget()
    for (const [key, values] of copies) {
      const shape = shapes.get(key.slice(key.indexOf(':') + 1))
      if (shape !== undefined) this.put(key, tf.tensor(values, [...shape]))
    }
  }

  /** A copy of everything on the backend. */
  snapshot(): OptimizerSnapshot {
    const { steps } = this
    // Copies, not further references: the kernel writes into the memory of the moments.
    const copies = [...this.slots].map(([key, slot]) => [key, tf.keep(tf.mul(slot, 1))] as const)
    return {
      restore: () => {
        this.steps = steps
        this.forget()
        for (const [key, copy] of copies) this.put(key, tf.mul(copy, 1))
      },
      dispose: () => {
        for (const [, copy] of copies) copy.dispose()
      },
    }
  }

  dispose(): void {
    this.forget()
    this.onDevice?.dispose()
    this.onDevice = null
  }

  private forget(): void {
    for (const tensor of this.slots.values()) tensor.dispose()
    this.slots.clear()
  }

  /** @returns false where operators or kernels have to do it */
  private updatedOnDevice(
    variables: ReadonlyMap<string, tf.Variable>,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
    decayed: ReadonlySet<string>,
  ): boolean {
    const { optimizer, weightDecay } = this.settings
    if (optimizer === 'sgd') return false
    this.onDevice ??= AdamOnDevice.of(tf.backend())
    if (this.onDevice === null) return false
    const moved = [...gradients].flatMap(([name, gradient]) => {
      const variable = variables.get(name)
      return variable === undefined ? [] : [{ name, variable, gradient }]
    })
    const updated = this.onDevice.update(
      moved.map(({ name, variable, gradient }) => ({
        ...{ weight: variable, gradient },
        first: this.slot(name, 'first', variable),
        second: this.slot(name, 'second', variable),
        decays: optimizer === 'adamw' && decayed.has(name),
      })),
      {
        ...{ beta1: BETA_1, beta2: BETA_2, epsilon: EPSILON, learningRate },
        correction1: 1 / (1 - BETA_1 ** this.steps),
        correction2: 1 / (1 - BETA_2 ** this.steps),
        shrink: 1 - learningRate * weightDecay,
      },
    )
    moved.forEach(({ name, variable }, index) => {
      const next = updated[index]
      if (next === undefined) return
      variable.assign(next.weight)
      next.weight.dispose()
      this.put(keyOf(name, 'first'), next.first)
      this.put(keyOf(name, 'second'), next.second)
    })
    return true
  }

  private updated(
    name: string,
    variable: tf.Variable,
    gradient: tf.Tensor,
    learningRate: number,
    decays: boolean,
  ): tf.Tensor {
    const { optimizer, momentum, weightDecay } = this.settings
    // Without momentum there is nothing to remember.
    if (optimizer === 'sgd' && momentum === 0)
      return tf.tidy(() => variable.sub(gradient.mul(learningRate)))
    if (optimizer === 'sgd') {
      const velocity = this.slot(name, 'velocity', variable)
      const key = keyOf(name, 'velocity')
      const next = tf.tidy(() => velocity.mul(momentum).add(gradient))
      this.put(key, next)
      return tf.tidy(() => variable.sub(next.mul(learningRate)))
    }
    const shrinks = optimizer === 'adamw' && decays && weightDecay > 0
    const start = shrinks ? tf.mul(variable, 1 - learningRate * weightDecay) : variable
    const result =
      this.host === null
        ? this.adamByOperators(name, start, gradient, learningRate)
        : this.adamByKernel(this.host, name, start, gradient, learningRate)
    if (shrinks) start.dispose()
    return result
  }

  private adamByOperators(
    name: string,
    weight: tf.Tensor,
    gradient: tf.Tensor,
    learningRate: number,
  ): tf.Tensor {
    const before = [this.slot(name, 'first', weight), this.slot(name, 'second', weight)] as const
    const first = tf.tidy(() => before[0].mul(BETA_1).add(gradient.mul(1 - BETA_1)))
    const second = tf.tidy(() => before[1].mul(BETA_2).add(gradient.square().mul(1 - BETA_2)))
    this.put(keyOf(name, 'first'), first)
    this.put(keyOf(name, 'second'), second)
    return tf.tidy(() => {
      const mean = first.div(1 - BETA_1 ** this.steps)
      const spread = second
        .div(1 - BETA_2 ** this.steps)
        .sqrt()
        .add(EPSILON)
      return weight.sub(mean.div(spread).mul(learningRate))
    })
  }

  private adamByKernel(
    host: KernelHost,
    name: string,
    weight: tf.Tensor,
    gradient: tf.Tensor,
    learningRate: number,
  ): tf.Tensor {
    const first = this.slot(name, 'first', weight)
    const second = this.slot(name, 'second', weight)
    const updated = host.output(weight.shape)
    host.module.adamStep(
      host.address(weight),
      host.address(gradient),
      host.address(first),
      host.address(second),
      host.address(updated),
      weight.size,
      BETA_1,
      BETA_2,
      1 / (1 - BETA_1 ** this.steps),
      1 / (1 - BETA_2 ** this.steps),
      learningRate,
      EPSILON,
    )
    return tf.engine().makeTensorFromTensorInfo(updated)
  }

  private slot(name: string, slot: SlotName, like: tf.Tensor): tf.Tensor {
    const key = keyOf(name, slot)
    const known = this.slots.get(key)
    if (known !== undefined) return known
    const fresh = tf.zeros(like.shape)
    this.put(key, fresh)
    return fresh
  }

  private put(key: string, tensor: tf.Tensor): void {
    this.slots.get(key)?.dispose()
    this.slots.set(key, tf.keep(tensor))
  }
}

function keyOf(name: string, slot: SlotName): string {
  return `${slot}:${name}`
}

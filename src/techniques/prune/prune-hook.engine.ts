import * as tf from '@tensorflow/tfjs'
import type { RunStretch } from '../../core/run-stretch'
import { isCompressible } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import { createPipeline } from '../pipeline'
import type { Recipe } from '../recipe'
import type { WorkingTensor } from '../technique'
import { sparsityFraction } from './sparsity-schedule'
import type { PruningSchedule } from './sparsity-schedule'
import { atProgress, largestSparsity, removalRound } from './staged-recipe'
import type {
  HookGround,
  HookState,
  Mask,
  Moment,
  Removal,
  TrainingHook,
} from '../training-hook.engine'

/**
 * Share that a removed weight loses in each step while it may still return. No loss answers for it, so it would
 * drift away and come back as noise (SR-STE, Zhou et al. 2021, arXiv:2102.04010).
 */
const FADING = 0.01
const STATE = 'state'
const MASK = 'mask:'

/** A gradual schedule looks at the weights this often in an epoch. */
const MASKS_PER_EPOCH = 10

/**
 * Keeps removed weights at zero through every update, moments included, and follows a sparsity schedule.
 * Which weights go is decided by the pruning step of the recipe itself, on the weights of that moment.
 *
 * With regrowth the removed weights live on beside the mask while the schedule runs: the model computes
 * with zeros, gradients pass straight through while the weights fade, and the next mask may bring them back.
 */
export class PruningHook implements TrainingHook, Removal {
  readonly variables: ReadonlyMap<string, tf.Variable> = new Map()
  private readonly ground: HookGround
  private readonly schedule: PruningSchedule
  /** Steps between two looks at a gradual schedule. */
  private readonly every: number
  private readonly masks = new Map<string, Mask>()
  private readonly pruneOnly: Recipe
  private readonly largest: number
  private removed = 0
  /** How far the run was when the masks were made. */
  private progress = 0
  /** Share of the largest sparsity that holds now; -1 before the first mask. */
  private fraction = -1

  constructor(ground: HookGround, schedule: PruningSchedule) {
    this.ground = ground
    this.schedule = schedule
    this.every = Math.max(1, Math.floor(ground.stepsPerEpoch / MASKS_PER_EPOCH))
    const steps = ground.recipe.steps.filter(({ technique }) => technique === 'prune')
    this.pruneOnly = { ...ground.recipe, steps }
    this.largest = largestSparsity(ground.recipe)
  }

  get removal(): Removal {
    return this
  }

  /** 1 = kept; null where nothing is pruned. */
  readonly maskOf = (name: string): Mask | null => this.masks.get(name) ?? null

  /** Whether the wanted sparsity is reached. */
  get complete(): boolean {
    return this.fraction >= 1
  }

  /** Share of all compressible weights that the masks remove now. */
  get sparsity(): number {
    return this.removed
  }

  readonly round = (progress: number): RunStretch | null =>
    removalRound(this.ground.recipe, progress, this.schedule)

  async prepare(signal: AbortSignal): Promise<void> {
    await this.follow(0, signal)
  }

  async beforeStep({ step, progress }: Moment, signal: AbortSignal): Promise<void> {
    if (this.complete) return
    const { schedule, end } = this.schedule
    // A round begins with the learning rate's first step of it.
    const due = schedule === 'iterative' || step % this.every === 0 || progress >= end
    if (due) await this.follow(progress, signal)
  }

  transform(name: string): ((weight: tf.Tensor) => tf.Tensor) | null {
    if (!this.growing) return null
    return (weight) => {
      const mask = this.masks.get(name)
      return mask === undefined ? weight : throughMask(weight, mask.tensor)
    }
  }

  gradients(gradients: Map<string, tf.Tensor>): void {
    if (this.growing) return
    for (const [name, { tensor: mask }] of this.masks) {
      const gradient = gradients.get(name)
      if (gradient === undefined) continue
      gradients.set(name, tf.mul(gradient, mask))
      gradient.dispose()
    }
  }

  afterUpdate(): void {
    // Without regrowth nothing moves: gradients, moments and weights of removed connections are zero.
    if (!this.growing) return
    for (const [name, { tensor: mask }] of this.masks) {
      const variable = this.ground.variable(name)
      // What is frozen stays as it is beside its mask.
      if (variable === undefined || !this.ground.isTrained(name)) continue
      const pulled = tf.tidy(() => variable.mul(mask.mul(FADING).add(1 - FADING)))
      variable.assign(pulled)
      pulled.dispose()
    }
  }

  afterRollback(): void {
    if (this.growing) return
    for (const [name, { tensor }] of this.masks) this.remove(name, tensor)
  }

  committed(recipe: Recipe): Recipe {
    return this.complete ? recipe : atProgress(recipe, this.progress, this.schedule)
  }

  save(): Promise<HookState> {
    const state = new Map<string, Float32Array>([
      [STATE, Float32Array.of(this.removed, ...inFloats(this.progress))],
    ])
    for (const [name, { bytes }] of this.masks) state.set(MASK + name, Float32Array.from(bytes))
    return Promise.resolve(state)
  }

  restore(state: HookState): void {
    const [removed = 0, ...progress] = state.get(STATE) ?? []
    this.removed = removed
    this.progress = progress.reduce((sum, part) => sum + part, 0)
    this.fraction = sparsityFraction(this.progress, this.largest, this.schedule)
    for (const { spec } of this.ground.weights) {
      const values = state.get(MASK + spec.name)
      if (values !== undefined) this.put(spec, Uint8Array.from(values))
    }
  }

  dispose(): void {
    for (const { tensor } of this.masks.values()) tensor.dispose()
    this.masks.clear()
  }

  /** Whether removed weights may still come back. */
  private get growing(): boolean {
    return this.schedule.regrowth && !this.complete
  }

  private async follow(progress: number, signal: AbortSignal): Promise<void> {
    const { ground, schedule } = this
    const next = sparsityFraction(progress, this.largest, schedule)
    if (next <= this.fraction) return
    this.fraction = next
    this.progress = progress
    const now = await ground.read()
    const running = createPipeline(now).run(this.committed(this.pruneOnly))
    const { tensors } = await ground.finish(running, signal)
    this.count(tensors)
    for (const { spec, mask } of tensors) {
      if (mask === null) continue
      // What is gone stays gone, whatever the weights say now; with regrowth it never was gone.
      const before = schedule.regrowth ? undefined : this.masks.get(spec.name)?.bytes
      const fresh = this.put(
        spec,
        before === undefined ? mask : mask.map((kept, i) => kept & (before[i] ?? 1)),
      )
      if (this.growing) continue
      this.remove(spec.name, fresh)
    }
  }

  private count(tensors: readonly WorkingTensor[]): void {
    const compressible = tensors.filter(({ spec }) => isCompressible(spec))
    const all = compressible.reduce((sum, { values }) => sum + values.length, 0)
    const removed = compressible.reduce(
      (sum, { mask }) => sum + (mask?.reduce((zeros, kept) => zeros + (1 - kept), 0) ?? 0),
      0,
    )
    this.removed = all === 0 ? 0 : removed / all
  }

  private remove(name: string, mask: tf.Tensor): void {
    const variable = this.ground.variable(name)
    if (variable === undefined) return
    const kept = tf.mul(variable, mask)
    variable.assign(kept)
    kept.dispose()
    this.ground.maskMoments(name, mask)
  }

  private put(spec: TensorSpec, bytes: Uint8Array): tf.Tensor {
    this.masks.get(spec.name)?.tensor.dispose()
    const tensor = tf.keep(tf.tensor(Float32Array.from(bytes), [...spec.shape]))
    this.masks.set(spec.name, { tensor, bytes })
    return tensor
  }
}

/** A double as floats of which it is the sum, so that a checkpoint holds it exactly. */
function inFloats(value: number): number[] {
  const high = Math.fround(value)
  const middle = Math.fround(value - high)
  return [high, middle, value - high - middle]
}

/** weight x mask, with the gradient of the weight alone. */
function throughMask(weight: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const masked = tf.customGrad((...[x]: unknown[]) => ({
    value: tf.mul(x as tf.Tensor, mask),
    gradFunc: (dy: tf.Tensor) => dy,
  }))
  return masked(weight)
}

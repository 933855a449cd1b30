import * as tf from '@tensorflow/tfjs'
import { isCompressible } from '../../core/tensor-spec'
import type { WeightTensor } from '../../core/weight-tensor'
import { quantize } from './quantize'
import type { RangeTensors } from './fake-quantize.engine'
import { isEvenSided } from './quantize-settings'
import type { QuantizeConfig } from './quantize.meta'
import { withRanges } from './range-choice'
import {
  clippedToRange,
  isAtHand,
  rangeShape,
  straightThrough,
  throughLearnedRange,
} from './straight-through.engine'
import type { LearnedRange, QuantizedWeight } from './straight-through.engine'
import { mapSteps } from '../recipe'
import type { Recipe } from '../recipe'
import { untouched } from '../technique'
import type { HookGround, HookState, TrainingHook } from '../training-hook.engine'

/** No range is smaller: its logarithm must be finite. */
const SMALLEST_RANGE = 1e-8
const LOW = 'low:'
const HIGH = 'high:'

/**
 * Lets the model compute with quantized weights while the optimizer moves the float weights behind them;
 * gradients pass the rounding straight through (Bengio et al. 2013, arXiv:1308.3432).
 *
 * Ranges are chosen from the weights at every step, as the recipe says, or learned: each group of weights has a
 * range that gradients move (after Esser et al. 2020, arXiv:1902.08153) and that the weights are clipped to after
 * every update. Then the recipe's own step, which looks at the weights alone, finds the same codes from the
 * smallest weight to the largest: a learned range takes the place of the recipe's choice.
 */
export class QuantizationHook implements TrainingHook {
  readonly variables = new Map<string, tf.Variable>()
  readonly removal = null
  private readonly ground: HookGround
  private readonly ranges: 'rechosen' | 'learned'
  private readonly covered: ReadonlyMap<string, QuantizedWeight>
  /** Quantized layers of which nothing moves: no range is learned for them. */
  private readonly frozen: ReadonlySet<string>
  private readonly clips = new Map<string, LearnedRange>()
  private readonly chosen = new Map<string, RangeTensors>()

  constructor(ground: HookGround, { ranges }: { readonly ranges: 'rechosen' | 'learned' }) {
    this.ground = ground
    this.ranges = ranges
    this.frozen = frozenOf(ground)
    this.covered = coveredBy(this.committed(ground.recipe), ground.weights)
  }

  async prepare(signal: AbortSignal): Promise<void> {
    if (this.ranges !== 'learned') return
    const { read, maskOf, between } = this.ground
    for (const { spec, values } of await read()) {
      const covered = this.covered.get(spec.name)
      // No gradient would widen a range of what moves by itself.
      if (covered === undefined || !this.ground.isTrained(spec.name)) continue
      await between(signal)
      const mask = maskOf(spec.name)?.bytes ?? null
      const { settings } = covered
      const start = this.isLearned(spec.layerName)
        ? settings
        : { ...settings, range: 'mse' as const }
      const { low, high } = withRanges(spec, values, mask, start).ranges
      this.learn(covered, logarithms(low.map((value) => -value)), logarithms(high))
    }
    this.afterUpdate()
  }

  /** What operators cannot choose is chosen from the weights themselves, where those are far away. */
  async beforeStep(_: unknown, signal: AbortSignal): Promise<void> {
    if (isAtHand()) return
    for (const [name, { spec, settings }] of this.covered) {
      const variable = this.ground.variable(name)
      if (settings.range === undefined || variable === undefined) continue
      const mask = this.ground.maskOf(name)?.bytes ?? null
      const values = await variable.data<'float32'>()
      const kept = mask === null ? values : values.map((value, i) => (mask[i] === 0 ? 0 : value))
      const { low, high } = withRanges(spec, kept, mask, settings).ranges
      const shape = rangeShape({ spec, settings })
      this.forget(name)
      this.chosen.set(name, { low: tf.tensor(low, shape), high: tf.tensor(high, shape) })
      await this.ground.between(signal)
    }
  }

  transform(name: string): ((weight: tf.Tensor) => tf.Tensor) | null {
    const covered = this.covered.get(name)
    if (covered === undefined) return null
    const clip = this.clips.get(name)
    return (weight) => {
      const mask = this.ground.maskOf(name)
      return clip === undefined
        ? straightThrough(weight, covered, mask, this.chosen.get(name) ?? null)
        : throughLearnedRange(weight, covered, mask, clip)
    }
  }

  gradients(): void {
    // The rounding has let them through.
  }

  afterUpdate(): void {
    for (const [name, clip] of this.clips) {
      const variable = this.ground.variable(name)
      const covered = this.covered.get(name)
      if (variable === undefined || covered === undefined) continue
      const clipped = clippedToRange(variable, covered, clip)
      variable.assign(clipped)
      clipped.dispose()
    }
  }

  afterRollback(): void {
    this.afterUpdate()
  }

  committed(recipe: Recipe): Recipe {
    if (this.ranges !== 'learned') return recipe
    return mapSteps(recipe, 'quantize', (step) => ({
      ...step,
      config: withWholeRanges(step.config, this.frozen),
    }))
  }

  async save(): Promise<HookState> {
    const state = new Map<string, Float32Array>()
    for (const [key, variable] of this.variables)
      state.set(key, Float32Array.from(await variable.data<'float32'>()))
    return state
  }

  restore(state: HookState): void {
    for (const [name, covered] of this.covered) {
      const high = state.get(HIGH + name)
      if (high !== undefined) this.learn(covered, state.get(LOW + name) ?? high, high)
    }
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose()
    for (const name of [...this.chosen.keys()]) this.forget(name)
    this.variables.clear()
    this.clips.clear()
  }

  /**
   * Weights that come out of such a run lie in the range that it has learned, and its recipe says that they are coded from
   * end to end: another run goes on from there.
   */
  private isLearned(layer: string): boolean {
    const { steps, trained } = this.ground.recipe
    const last = steps.findLast((step) => step.technique === 'quantize' && step.enabled)
    if (trained === undefined || last?.technique !== 'quantize') return false
    const { overrides, range } = last.config
    return (overrides[layer]?.range ?? range) === 'minMax'
  }

  private forget(name: string): void {
    const ranges = this.chosen.get(name)
    if (ranges !== undefined) tf.dispose([ranges.low, ranges.high])
    this.chosen.delete(name)
  }

  private learn(covered: QuantizedWeight, low: Float32Array, high: Float32Array): void {
    const { name } = covered.spec
    const make = (values: Float32Array): tf.Variable =>
      tf.tidy(() => tf.variable(tf.tensor(values, rangeShape(covered))))
    const clip = { low: isEvenSided(covered.settings) ? null : make(low), high: make(high) }
    this.clips.set(name, clip)
    this.variables.set(HIGH + name, clip.high)
    if (clip.low !== null) this.variables.set(LOW + name, clip.low)
  }
}

/** From end to end where ranges are learned; frozen layers keep the choice of the recipe, each in its own words. */
function withWholeRanges(config: QuantizeConfig, frozen: ReadonlySet<string>): QuantizeConfig {
  const { percentile, range } = config
  const overrides: QuantizeConfig['overrides'] = {}
  for (const [layer, { range: _range, percentile: _percentile, ...rest }] of Object.entries(
    config.overrides,
  ))
    overrides[layer] = rest
  for (const layer of frozen) {
    const own = config.overrides[layer]
    if ((own?.range ?? range) !== 'minMax') overrides[layer] = { range, percentile, ...own }
  }
  return { ...config, range: 'minMax', overrides }
}

function frozenOf({ isTrained, recipe, weights }: HookGround): ReadonlySet<string> {
  const trained = weights.filter(({ spec }) => isTrained(spec.name))
  const learning = new Set(trained.map(({ spec }) => spec.layerName))
  const quantized = [...coveredBy(recipe, weights).values()].map(({ spec }) => spec)
  const names = quantized.filter(isCompressible).map(({ layerName }) => layerName)
  return new Set(names.filter((layer) => !learning.has(layer)))
}

/** What the recipe's quantization steps cover, with the settings of the last one. */
function coveredBy(recipe: Recipe, weights: readonly WeightTensor[]): Map<string, QuantizedWeight> {
  const covered = new Map<string, QuantizedWeight>()
  const tensors = weights.map(untouched)
  for (const step of recipe.steps) {
    if (step.technique !== 'quantize' || !step.enabled) continue
    quantize.plan(tensors, step.config, { seed: recipe.seed }).forEach((plan, index) => {
      const spec = tensors[index]?.spec
      if (spec !== undefined && plan.action === 'quantize')
        covered.set(spec.name, { spec, settings: plan })
    })
  }
  return covered
}

function logarithms(range: Float32Array): Float32Array {
  return range.map((value) => Math.log(Math.max(SMALLEST_RANGE, value)))
}

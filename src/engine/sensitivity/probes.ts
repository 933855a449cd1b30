import { decode } from '../../core/encoded-tensor'
import { addErrors, errorPower } from '../../core/statistics'
import type { WeightTensor } from '../../core/weight-tensor'
import { recipeOf } from '../../search/allocation'
import type { Allocation } from '../../search/allocation'
import { allCells } from '../../search/layer-cells'
import { probePlan } from '../../search/probe-cells'
import type { ProbePlan } from '../../search/probe-cells'
import type { CellSettings, DistanceUnit, SensitivityTable } from '../../search/sensitivity'
import { createPipeline } from '../../techniques/pipeline'
import type { Pipeline } from '../../techniques/pipeline'
import { defaultRecipe } from '../../techniques/recipe'
import type { WorkingTensor } from '../../techniques/technique'
import { OriginalLogits, syntheticCount, syntheticInputs } from '../measure/agreement'
import type { AgreementInputs } from '../measure/agreement'
import { calibrationSource, chooseSamples } from '../measure/calibration-source'
import type { NamedWeights } from '../measure/calibrations'
import type { Measurements } from '../measure/measurements'
import type { WorkGround } from '../measure/work-ground'
import type { RunnableModel } from '../model/runnable-model'
import type { RecipeRunner } from '../recipe/recipe-runner'
import { inputTensors } from '../samples/samples-for-model'
import { madeUpFor } from '../samples/synthetic-inputs'

const MOST_SHOWN = 512

interface Shown {
  readonly key: string
  readonly inputs: AgreementInputs
  readonly available: number
  readonly on: SensitivityTable['shown']['on']
}

interface ProbedWeights extends NamedWeights {
  readonly weights: readonly WeightTensor[]
}

/** Who runs recipes, and who measures what they do. */
export interface ProbeParts {
  readonly runner: RecipeRunner
  readonly measurements: Measurements
}

/** Tries changes of one layer, or of small tensors, on a few samples that nothing else is measured on. */
export class Probes {
  /** Equal keys: the same samples. */
  readonly key: string
  readonly shown: SensitivityTable['shown']
  private readonly ground: WorkGround
  private readonly own: ProbedWeights & { readonly pipeline: Pipeline }
  private readonly layers: readonly string[]
  private readonly plan: ProbePlan | null
  private readonly inputs: AgreementInputs | null
  private readonly known: OriginalLogits
  private readonly parts: ProbeParts

  private constructor(
    ground: WorkGround,
    own: ProbedWeights,
    layers: readonly string[],
    shown: Shown | null,
    parts: ProbeParts,
  ) {
    const { state } = ground
    this.plan = shown && probePlan(layers.length, state.macs, shown.available)
    const samples = this.plan?.samples ?? 0
    this.key = shown === null ? '' : `${shown.key} ${samples}`
    this.shown = { on: shown?.on ?? 'synthetic', samples }
    this.ground = ground
    // What the page looks at stays remembered in the model's own pipeline.
    this.own = { ...own, pipeline: createPipeline(own.weights, state.opened.graph) }
    this.layers = layers
    this.inputs = shown?.inputs ?? null
    this.known = new OriginalLogits(samples)
    this.parts = parts
  }

  /** @param layers those that can be changed */
  static async of(
    ground: WorkGround,
    own: ProbedWeights,
    layers: readonly string[],
    parts: ProbeParts,
    signal: AbortSignal,
  ): Promise<Probes> {
    const { runnable } = ground.state
    const shown = runnable === null ? null : await shownTo(ground, runnable, signal)
    return new Probes(ground, own, layers, shown, parts)
  }

  readonly isTried = (cell: CellSettings): boolean => this.plan?.isTried(cell) ?? false

  /** Shares of filters that are tried. */
  get filters(): readonly number[] {
    return this.plan?.filters ?? []
  }

  /** How many cells of each layer are tried. */
  get perLayer(): number {
    return allCells.filter(this.isTried).length
  }

  /**
   * How far the model's outputs move where only one layer, or only small tensors, are changed; means are put right
   * where that can be. Where nothing can be tried, by how much the changed tensors are.
   * @throws StudioError 'engine/cancelled', or the fault of the device
   */
  async distance(
    { layer, cell, ...small }: ProbedChange,
    corrected: boolean,
    signal: AbortSignal,
  ): Promise<Found> {
    const untouched: CellSettings = { bits: null, sparsity: 0 }
    const layers = new Map(
      this.layers.map((name) => [name, name === layer ? (cell ?? untouched) : untouched]),
    )
    const recipe = recipeOf(defaultRecipe, {
      ...{ layers, corrected, biases: 'float', normalization: 'float' },
      ...small,
    })
    const { tensors } = await this.parts.runner.runOn(this.ground, this.own, recipe, signal)
    if (this.plan === null || this.inputs === null)
      return { distance: movedShare(this.own.pipeline.weights, tensors), unit: 'relative' }
    const to = tensors.map(({ spec, encoded }) => ({ spec, values: decode(encoded) }))
    return this.distanceOf(to, this.inputs, signal)
  }

  /** The same of weights that are given; null where nothing can be tried. @throws as `distance` */
  async distanceWith(to: readonly WeightTensor[], signal: AbortSignal): Promise<Found | null> {
    if (this.plan === null || this.inputs === null) return null
    return this.distanceOf(to, this.inputs, signal)
  }

  private async distanceOf(
    to: readonly WeightTensor[],
    inputs: AgreementInputs,
    signal: AbortSignal,
  ): Promise<Found> {
    const { klDivergence, relativeError } = await this.parts.measurements.agreements.from(
      this.ground,
      inputs,
      { from: { weights: this.own.pipeline.weights }, known: this.known },
      to,
      signal,
    )
    return klDivergence === null
      ? { distance: relativeError ** 2, unit: 'relative' }
      : { distance: klDivergence, unit: 'nats' }
  }
}

/** How far outputs move, and what that is counted in. */
export interface Found {
  readonly distance: number
  readonly unit: DistanceUnit
}

/** A layer with what becomes of it, or small tensors. */
export interface ProbedChange extends Partial<Pick<Allocation, 'biases' | 'normalization'>> {
  readonly layer?: string
  readonly cell?: CellSettings
}

/** ||w - w'||^2 / ||w||^2 of the tensors that have changed. */
function movedShare(
  before: readonly WeightTensor[],
  after: readonly Pick<WorkingTensor, 'encoded'>[],
): number {
  const powers = before.flatMap(({ values }, at) => {
    const encoded = after[at]?.encoded
    const isChanged =
      encoded !== undefined && (encoded.kind !== 'float' || encoded.values !== values)
    return isChanged ? [errorPower(values, encoded)] : []
  })
  const { signal, squaredError } = addErrors(powers)
  return signal === 0 ? 0 : squaredError / signal
}

async function shownTo(
  ground: WorkGround,
  runnable: RunnableModel,
  signal: AbortSignal,
): Promise<Shown> {
  const source = await calibrationSource(ground, signal)
  if (typeof source === 'string') {
    const madeUp = madeUpFor(ground.state.opened.graph, runnable.inputs)
    return {
      key: 'synthetic',
      inputs: syntheticInputs(runnable, madeUp),
      available: syntheticCount(ground.state.macs, runnable.outputs[0]),
      on: 'synthetic',
    }
  }
  const { split, dataset } = source
  const chosen = chooseSamples(split.count, MOST_SHOWN)
  return {
    key: split.key,
    inputs: {
      data: { dataset, split: split.name },
      make: async (from, to) =>
        inputTensors(await split.rows(chosen.subarray(from, to), signal), to - from),
    },
    available: chosen.length,
    on: 'data',
  }
}

import type { AffineTensor, EncodedTensor } from '../core/encoded-tensor'
import type { TensorSpec } from '../core/tensor-spec'
import type { WeightTensor } from '../core/weight-tensor'
import type { ModelGraph } from '../graph/graph'
import type { StatisticRequest, Statistics } from './statistics'

/** What a technique keeps intact of the work of the steps before it. */
export type Preserved = 'sparsity' | 'shape'

export interface Citation {
  readonly label: string
  readonly url: string
}

/** What every technique's settings have: what layers do otherwise than the step, by their names. */
export interface Overridable {
  readonly overrides: Readonly<Record<string, object>>
}

export type OverrideIn<Config extends Overridable> = Config['overrides'][string]

/** Changed fields; undefined takes one back: the layer follows the step again. */
export type OverrideChanges<Override> = {
  readonly [Field in keyof Override]?: Override[Field] | undefined
}

/** What stands in a sentence about settings: formatted where it is said. */
export type Fact =
  | number
  | { readonly significant: number }
  /** 0..1 */
  | { readonly percent: number }
  /** A word of the language files, beside the sentence. */
  | { readonly word: string }

/** Settings in a few words: a sentence of the language files (`recipeText.<id>.<form>`) and its facts. */
export interface Description {
  readonly form: string
  readonly facts: Readonly<Record<string, Fact>>
}

/** Settings of a step that are one thing to a person, such as a range and its percentile. */
export interface Aspect<Config extends Overridable> {
  readonly fields: readonly Exclude<keyof Config & string, 'overrides'>[]
  /** What they do, all of them together; facts and form as in `TechniqueMeta.describe`. */
  readonly describe: (config: Config) => Description
}

/** The pure, shared description of a technique: both threads and the command line can read it. */
export interface TechniqueMeta<Id extends string, Config extends Overridable> {
  readonly id: Id
  /** i18n keys are `techniques.<id>.label` and `.summary`. */
  readonly citations: readonly Citation[]
  readonly defaultConfig: Config
  /** @throws StudioError 'recipe/invalid' naming the field, relative to the step */
  readonly parseConfig: (input: unknown) => Config
  readonly preserves: readonly Preserved[]
  /** Whether it sets weights to zero, which later steps must keep there. */
  readonly removes: boolean
  /** What the settings do, for a chart's point or a list. */
  readonly describe: (config: Config) => Description
  /**
   * What two of its settings can differ in, by name; every field but the exceptions is in one of them. The words are
   * `compare.difference.<id>.<aspect>`: a sentence `says`, and each form.
   */
  readonly aspects: Readonly<Record<string, Aspect<Config>>>
}

/**
 * One weight on its way through the steps of a recipe. `values` are always `decode(encoded)`.
 * `mask` (1 = kept) exists as soon as a pruning step has touched the tensor.
 */
export interface WorkingTensor {
  readonly spec: TensorSpec
  readonly values: Float32Array
  readonly mask: Uint8Array | null
  /** Of weights [from, to) alone, where `mask` is made when it is read. */
  readonly maskBetween?: (from: number, to: number) => Uint8Array
  readonly encoded: EncodedTensor
  /** Weights that the step had to clamp to the largest code; 0 where nothing was clipped. */
  readonly clipped: number
  /** Of a weight that no step has touched: the codes that its file holds. */
  readonly stored?: AffineTensor | null
  /**
   * What the step that made it has multiplied each weight by, where the model computes the same because other weights
   * were divided by it. What errors are measured against is multiplied, too.
   */
  readonly factors?: Float32Array
}

export interface StepContext {
  /** The recipe's seed; every random choice follows from it and the tensor's name. */
  readonly seed: number
  /** What the model computes with them. */
  readonly graph: ModelGraph
  /** A tensor as it was before the first step, by name. */
  readonly original: (name: string) => WorkingTensor | null
  /** What the steps before have multiplied a tensor by, weight by weight; null: nothing. */
  readonly factorsOf: (name: string) => Float32Array | null
  /** null where the step asks for none, or where nothing is known of the inputs. */
  readonly statistics: Statistics | null
}

/** What a step will do to one tensor: plain data, so that it can be compared, cached and reported. */
export type TensorPlan = { readonly action: 'skip' } | ({ readonly action: string } & object)

/**
 * A technique that treats each tensor by itself. `plan` looks at all tensors (a global threshold needs
 * them) and is cheap enough for every move of a slider; `apply` handles one tensor, so the engine can
 * yield, report progress and be cancelled between tensors. Equal plans give equal results.
 */
export interface TensorStep<Config, Plan extends TensorPlan = TensorPlan> {
  /** @returns a plan for each tensor */
  readonly plan: (
    tensors: readonly WorkingTensor[],
    config: Config,
    context: Pick<StepContext, 'seed'>,
  ) => readonly Plan[]
  readonly apply: (tensor: WorkingTensor, plan: Plan) => WorkingTensor
}

/** Tensors that change together, and what becomes of them. */
export interface Part<Plan extends TensorPlan = TensorPlan> {
  /** Places among all tensors; no other part of the step has them. */
  readonly tensors: readonly number[]
  readonly plan: Plan
}

/** What a step has to say of a layer: a word of the language files, `techniques.<id>.notes.<note>`. */
export interface LayerNote {
  readonly layer: string
  readonly note: string
}

export interface StepPlan<Plan extends TensorPlan = TensorPlan> {
  readonly parts: readonly Part<Plan>[]
  readonly notes: readonly LayerNote[]
}

/**
 * A step of a recipe. What it must know of the layers' inputs it declares in `needs`; the engine collects
 * that once, with the weights as they are before the first step, and hands it to `plan` and `apply`.
 * Equal plans on equal tensors with equal statistics give equal results.
 */
export interface WeightStep<Config, Plan extends TensorPlan = TensorPlan> {
  /** @param tensors as they are before the first step */
  readonly needs: (
    tensors: readonly WorkingTensor[],
    config: Config,
    graph: ModelGraph,
  ) => readonly StatisticRequest[]
  /** Tensors that no part names stay as they are. */
  readonly plan: (
    tensors: readonly WorkingTensor[],
    config: Config,
    context: StepContext,
  ) => StepPlan<Plan>
  /**
   * @param tensors those of the part, in its order
   * @returns the same tensors changed, in the same order
   */
  readonly apply: (
    tensors: readonly WorkingTensor[],
    plan: Plan,
    context: StepContext,
  ) => readonly WorkingTensor[]
}

/** The state of an untouched weight. */
export function untouched(weight: WeightTensor): WorkingTensor {
  const { spec, values, stored = null } = weight
  return { spec, values, mask: null, encoded: { kind: 'float', spec, values }, clipped: 0, stored }
}

import { runToEnd } from '../core/run-to-end'
import type { WeightTensor } from '../core/weight-tensor'
import type { ModelGraph } from '../graph/graph'
import type { RecipeStep, TechniqueId } from './catalog'
import type { Recipe } from './recipe'
import type { Calibration, CalibrationFacts, StatisticRequest } from './statistics'
import { untouched } from './technique'
import type { LayerNote, StepContext, WorkingTensor } from './technique'
import { needsOf, planStep } from './weight-steps'
import type { PlannedPart, PlannedStep } from './weight-steps'

/** Handed out after each piece of work: a place to yield, report or cancel. */
export interface PipelineProgress {
  readonly done: number
  readonly total: number
}

/** An enabled step and the tensors that entered it: what its settings were resolved against. */
export interface ExecutedStep {
  readonly step: RecipeStep
  readonly inputs: readonly WorkingTensor[]
}

/** What a step had to say of a layer. */
export interface StepNote extends LayerNote {
  readonly technique: TechniqueId
}

export interface PipelineResult {
  /** In the order of the weights. */
  readonly tensors: readonly WorkingTensor[]
  /** The enabled steps, in order. */
  readonly steps: readonly ExecutedStep[]
  readonly notes: readonly StepNote[]
  /** What steps have multiplied tensors by without a change of what the model computes, weight by weight, by name. */
  readonly factors: ReadonlyMap<string, Float32Array>
  /** What the steps knew of the layers' inputs; null where none asked. */
  readonly calibration: CalibrationFacts | null
}

/** Runs recipes over one model's weights and remembers the last result of each step and tensor. */
export interface Pipeline {
  readonly weights: readonly WeightTensor[]
  /** What the enabled steps must know of the layers' inputs. */
  readonly needs: (recipe: Recipe) => readonly StatisticRequest[]
  /**
   * Runs the enabled steps in order. Leaving the generator early cancels; what was finished is kept
   * and used by the next run. Equal recipes with equal statistics give equal results, from the memory or
   * not.
   * @param calibration what `needs` asked for; null where that was nothing
   * @throws StudioError of a step, for example 'quantize/bits' or 'quantize/non-finite'
   */
  readonly run: (
    recipe: Recipe,
    calibration?: Calibration | null,
  ) => Generator<PipelineProgress, PipelineResult, undefined>
  /** Lets go of what steps have made; whoever holds results keeps them, and the next run makes them again. */
  readonly forget: () => void
  /** Runs without stopping. */
  readonly runAll: (recipe: Recipe, calibration?: Calibration | null) => PipelineResult
}

/** One slot for each step position and part: a moving slider replaces, it does not pile up. */
interface Remembered {
  readonly inputs: readonly WorkingTensor[]
  readonly key: string
  readonly outputs: readonly WorkingTensor[]
}

interface RememberedPlan {
  readonly key: string
  readonly inputs: readonly WorkingTensor[]
  readonly planned: PlannedStep
}

const unknownGraph: ModelGraph = {
  inputs: [],
  outputs: [],
  nodes: [],
  layers: [],
  parameters: new Map(),
  constants: new Map(),
}

/**
 * Prepares weights for recipes.
 * @param weights float32 weights, finite, never changed afterwards
 * @param graph of the model, for steps that look further than a tensor
 */
export function createPipeline(
  weights: readonly WeightTensor[],
  graph: ModelGraph = unknownGraph,
): Pipeline {
  const start = weights.map(untouched)
  const byName = new Map(start.map((tensor) => [tensor.spec.name, tensor]))
  const original = (name: string): WorkingTensor | null => byName.get(name) ?? null
  const results: Map<number, Remembered>[] = []
  const plans: (RememberedPlan | undefined)[] = []

  const needsAt = (step: RecipeStep): readonly StatisticRequest[] => needsOf(step, start, graph)

  /** A step that asks for nothing is given nothing, so other data changes none of its plans. */
  function contextOf(
    step: RecipeStep,
    seed: number,
    calibration: Calibration | null,
    factors: ReadonlyMap<string, Float32Array>,
  ): StepContext {
    const statistics = needsAt(step).length === 0 ? null : (calibration?.statistics ?? null)
    return { seed, graph, original, factorsOf: (name) => factors.get(name) ?? null, statistics }
  }

  function planOnce(
    position: number,
    step: RecipeStep,
    inputs: readonly WorkingTensor[],
    context: StepContext,
  ): PlannedStep {
    const key = JSON.stringify([
      context.seed,
      step.technique,
      step.config,
      context.statistics?.key ?? null,
    ])
    const known = plans[position]
    if (known?.key === key && sameTensors(known.inputs, inputs)) return known.planned
    const planned = planStep(step, inputs, context)
    plans[position] = { key, inputs, planned }
    return planned
  }

  function applyOnce(
    position: number,
    step: RecipeStep,
    inputs: readonly WorkingTensor[],
    part: PlannedPart,
    statistics: string | null,
  ): readonly WorkingTensor[] {
    const memory = (results[position] ??= new Map())
    const [slot = -1] = part.tensors
    const key = JSON.stringify([step.technique, statistics, part.tensors, part.plan])
    const known = memory.get(slot)
    if (known?.key === key && sameTensors(known.inputs, inputs)) return known.outputs
    // What is about to be replaced need not lie beside what replaces it.
    memory.delete(slot)
    const outputs = part.apply(inputs)
    memory.set(slot, { inputs, key, outputs })
    return outputs
  }

  function* run(
    recipe: Recipe,
    calibration: Calibration | null = null,
  ): Generator<PipelineProgress, PipelineResult, undefined> {
    const enabled = [...recipe.steps.entries()].filter(([, step]) => step.enabled)
    const steps: ExecutedStep[] = []
    const notes: StepNote[] = []
    const factors = new Map<string, Float32Array>()
    let tensors: readonly WorkingTensor[] = start
    for (const [index, [position, step]] of enabled.entries()) {
      const inputs = tensors
      const context = contextOf(step, recipe.seed, calibration, new Map(factors))
      const planned = planOnce(position, step, inputs, context)
      steps.push({ step, inputs })
      notes.push(...planned.notes.map((note) => ({ technique: step.technique, ...note })))
      const outputs = [...inputs]
      for (const [done, part] of planned.parts.entries()) {
        const own = part.tensors.flatMap((at) => inputs[at] ?? [])
        const changed = applyOnce(position, step, own, part, context.statistics?.key ?? null)
        part.tensors.forEach((at, place) => {
          const output = changed[place] ?? failed(step)
          outputs[at] = output
          if (output !== own[place]) multiply(factors, output)
        })
        yield {
          done: index * start.length + done + 1,
          total: enabled.length * start.length,
        }
      }
      tensors = outputs
    }
    return { tensors, steps, notes, factors, calibration: calibration?.facts ?? null }
  }

  return {
    weights,
    needs: ({ steps }) => distinct(steps.filter(({ enabled }) => enabled).flatMap(needsAt)),
    run,
    forget: () => {
      results.length = 0
      plans.length = 0
    },
    runAll: (recipe, calibration) => runToEnd(run(recipe, calibration)),
  }
}

function failed(step: RecipeStep): never {
  throw new RangeError(`the step ${step.technique} names a tensor that is not there`)
}

function multiply(factors: Map<string, Float32Array>, { factors: own, spec }: WorkingTensor): void {
  if (own === undefined) return
  const before = factors.get(spec.name)
  factors.set(spec.name, before?.map((factor, at) => factor * (own[at] ?? 1)) ?? own)
}

function distinct(requests: readonly StatisticRequest[]): readonly StatisticRequest[] {
  return [...new Map(requests.map((one) => [`${one.kind} ${one.layer}`, one])).values()]
}

function sameTensors(left: readonly WorkingTensor[], right: readonly WorkingTensor[]): boolean {
  return left.length === right.length && left.every((tensor, index) => tensor === right[index])
}

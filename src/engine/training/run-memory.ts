import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { BackendName } from '../../core/backend-name'
import type { WeightTensor } from '../../core/weight-tensor'
import type { OpenedModel } from '../../formats/format'
import { techniqueIds } from '../../techniques/catalog'
import { isOn } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { MemoryStyle } from '../../training/kept-for-gradients'
import { learningWeights } from '../../training/learning-layers'
import { passLoad } from '../../training/pass-load'
import { needOf, withFewerFilters } from '../../training/run-need'
import type { NeedOf, Room, RunLoad, RunNeed } from '../../training/run-need'
import { sampleSizes } from '../../training/sample-sizes'
import type { TrainingSettings } from '../../training/training-settings'
import type { OpenModelState } from '../model/model-store'
import type { Toolbox } from '../work/toolbox'
import { techniqueHooks } from './hooks/technique-hooks'

export function roomOf({ backend, environment }: Pick<Toolbox, 'backend' | 'environment'>): Room {
  return { bytes: environment.trainingBytes, tensorBytes: backend().info.maxTensorBytes }
}

/** Whose memory is asked for. */
export interface NeedOfRun {
  readonly state: Pick<OpenModelState, 'opened' | 'runnable'>
  readonly start: readonly WeightTensor[]
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** Sides of each input for one sample. */
  readonly sample: readonly (readonly number[])[]
  readonly teacher: TeacherLoad | null
  readonly style: MemoryStyle
}

/** A teacher in the memory of its student's run. */
export interface TeacherLoad {
  readonly opened: OpenedModel
  readonly shapes: ReadonlyMap<string, readonly (number | null)[]>
  /** null: outputs alone are learnt from. */
  readonly hintLayer: string | null
}

/** How the backend trains. @param fast whether our kernels run */
export function styleOf(backend: BackendName, fast: boolean): MemoryStyle {
  if (backend !== 'wasm') return 'sharing'
  return fast ? 'fast' : 'copying'
}

/** What a run takes, in bytes, rather too much than too little. */
export function runNeed(run: NeedOfRun): RunNeed {
  return needOf(runLoad(run), run.settings)
}

/**
 * The same by the choice of an optimizer, of layers, and by what is left of the filters.
 * @param last names of so many of the last layers
 */
export function needByChoice(
  run: NeedOfRun,
  last: (count: number) => TrainingSettings['layers'],
): NeedOf {
  const asChosen = runLoad(run)
  return (settings, count, left) => {
    const load =
      count === null
        ? asChosen
        : runLoad({ ...run, settings: { ...run.settings, layers: last(count) } })
    return needOf(withFewerFilters(load, left), settings)
  }
}

function runLoad({ state, start, recipe, settings, sample, teacher, style }: NeedOfRun): RunLoad {
  const shapes = state.runnable?.outputShapes ?? new Map()
  const { graph } = state.opened
  const learning = learningWeights(start, settings.layers)
  const numbers = (weights: readonly WeightTensor[]): number =>
    weights.reduce((sum, { values }) => sum + values.length, 0)
  return {
    pass: passLoad(graph, sampleSizes(graph, sample, shapes), style, learning),
    parameters: numbers(start),
    learning: numbers(start.filter(({ spec }) => learning?.has(spec.name) ?? true)),
    sample: sample.reduce((sum, sides) => sum + elementCount(sides), 0),
    // Each weight as a hook makes it, and what it needs to make it.
    hooked: 2 * techniqueIds.filter((id) => isOn(recipe, id) && techniqueHooks[id] !== null).length,
    teacher: teacher === null ? null : teacherLoad(teacher, sample),
  }
}

function teacherLoad(
  { opened, shapes, hintLayer }: TeacherLoad,
  sample: readonly (readonly number[])[],
): RunLoad['teacher'] {
  const { graph } = opened
  const sizes = sampleSizes(graph, sample, shapes)
  const [looked = ''] = graph.layers.find(({ name }) => name === hintLayer)?.outputs ?? []
  return {
    parameters: opened.weights.reduce((sum, { values }) => sum + values.length, 0),
    forward: passLoad(graph, sizes, 'sharing').forward,
    features: sizes.of.get(looked) ?? 0,
  }
}

/** What the backend holds on the GPU, its pool of free buffers included; null without a GPU. */
export function gpuBytes(): number | null {
  const bytes: unknown = Reflect.get(tf.memory(), 'numBytesInGPU')
  return typeof bytes === 'number' ? bytes : null
}

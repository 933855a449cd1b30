import { runToEnd } from '../../core/run-to-end'
import type { WeightTensor } from '../../core/weight-tensor'
import { createPipeline } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import type { OriginalLogits } from '../measure/agreement'
import type { Measurements } from '../measure/measurements'
import { inputsOf } from '../measure/subject'
import type { DataGround } from '../measure/work-ground'
import type { RunnableModel } from '../model/runnable-model'
import type { RecipeRunner } from '../recipe/recipe-runner'
import { weightsEvent } from '../recipe/weights-event'
import type { DataSplit } from '../samples/attached-data'
import type { Judged } from './best-weights'

/** A teacher that validation is compared with, and what it has said already. */
export interface Reference {
  readonly runnable: RunnableModel
  readonly known: OriginalLogits
}

/** What a run is judged by. */
interface Bench extends DataGround {
  readonly validation: DataSplit
  /** null: the labels, or the original. */
  readonly reference: Reference | null
}

/** What a file of these weights would hold, measured on the validation split. */
export async function judgeWeights(
  { measurements, runner }: { readonly measurements: Measurements; readonly runner: RecipeRunner },
  bench: Bench,
  { weights, recipe }: { readonly weights: readonly WeightTensor[]; readonly recipe: Recipe },
  signal: AbortSignal,
): Promise<Judged> {
  const { reference, state, validation } = bench
  const pipeline = createPipeline(weights, state.opened.graph)
  const result = await runner.runOn(bench, { id: null, pipeline }, recipe, signal)
  const { sizes, sparsity } = runToEnd(
    weightsEvent(state, pipeline, result, [], runner.overheadOf(state)),
  )
  const { tensors } = result
  const measure =
    reference === null
      ? await measurements.measureSplit(
          bench,
          'validation',
          { kind: 'weights', weights: tensors },
          () => undefined,
          signal,
        )
      : await measurements.agreements.from(
          bench,
          {
            data: { dataset: validation.dataset, split: 'validation' },
            make: inputsOf(validation, signal),
          },
          { from: { teacher: reference.runnable }, known: reference.known },
          tensors,
          signal,
        )
  return { measure, sizes, sparsity }
}

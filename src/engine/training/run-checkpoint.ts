import { StudioError } from '../../core/errors'
import type { WeightTensor } from '../../core/weight-tensor'
import type { CheckpointContent } from '../../training/checkpoint-file'
import type { TrainingParts } from './training-parts'

/** Names of the arrays in a checkpoint begin with what they are. */
const WEIGHT = 'weight/'
const SLOT = 'slot/'
const BEST = 'best/'
const ACTIVATIONS = 'activations'
const hookPrefix = (index: number): string => `hook/${index}/`

/**
 * Copies everything that the next epoch depends on.
 * @param specs names and shapes of all float weights
 * @param best weights of the best epoch so far, where there is one
 */
export async function readRun(
  { activations, model, optimizer, hooks }: TrainingParts,
  specs: readonly WeightTensor[],
  best: readonly WeightTensor[],
): Promise<Map<string, Float32Array>> {
  const arrays = new Map<string, Float32Array>()
  for (const { spec, values } of await model.read(specs)) arrays.set(WEIGHT + spec.name, values)
  for (const [name, values] of await optimizer.read()) arrays.set(SLOT + name, values)
  for (const [index, hook] of hooks.entries())
    for (const [name, values] of await hook.save()) arrays.set(hookPrefix(index) + name, values)
  if (activations !== null) arrays.set(ACTIVATIONS, activations.save())
  for (const { spec, values } of best) arrays.set(BEST + spec.name, values)
  return arrays
}

/**
 * Puts a run back to where a checkpoint was made.
 * @returns the best weights of before; null where there were none
 * @throws StudioError 'train/checkpoint'
 */
export function restoreRun(
  { activations, model, optimizer, hooks }: TrainingParts,
  { state, arrays }: CheckpointContent,
  specs: readonly WeightTensor[],
): readonly WeightTensor[] | null {
  model.load(weightsIn(partOf(arrays, WEIGHT), specs))
  hooks.forEach((hook, index) => {
    hook.restore(partOf(arrays, hookPrefix(index)))
  })
  activations?.restore(arrays.get(ACTIVATIONS) ?? new Float32Array(0))
  optimizer.load(
    partOf(arrays, SLOT),
    new Map([
      ...specs.map(({ spec }) => [spec.name, spec.shape] as const),
      ...hooks.flatMap((hook) =>
        [...hook.variables].map(([name, { shape }]) => [name, shape] as const),
      ),
    ]),
  )
  optimizer.steps = state.optimizerSteps
  return state.best === null ? null : weightsIn(partOf(arrays, BEST), specs)
}

function partOf(
  arrays: ReadonlyMap<string, Float32Array>,
  prefix: string,
): Map<string, Float32Array> {
  const part = new Map<string, Float32Array>()
  for (const [name, values] of arrays)
    if (name.startsWith(prefix)) part.set(name.slice(prefix.length), values)
  return part
}

function weightsIn(
  saved: ReadonlyMap<string, Float32Array>,
  specs: readonly WeightTensor[],
): WeightTensor[] {
  return specs.map(({ spec, values }) => {
    const found = saved.get(spec.name)
    if (found?.length !== values.length)
      throw new StudioError('train/checkpoint', { reason: `${spec.name} is missing` })
    return { spec, values: found, stored: null }
  })
}

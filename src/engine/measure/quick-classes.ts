import type { DataSplit } from '../samples/attached-data'
import type { NamedWeight } from '../model/runnable-model'
import type { Toolbox } from '../work/toolbox'
import type { KnownModels } from './known-models'
import { inputsOf, runSubject } from './subject'
import { topClasses } from './top-class'
import type { DataGround } from './work-ground'

export interface ClassParts {
  readonly known: KnownModels
  readonly tools: Toolbox
}

/**
 * The classes that the inference pass finds with these weights, of the validation split.
 * @returns null where it does not run the model, or the split has no classes
 */
export async function quickClasses(
  { known, tools }: ClassParts,
  ground: DataGround,
  weights: readonly NamedWeight[],
  signal: AbortSignal,
): Promise<Int32Array | null> {
  const { state } = ground
  const split = await ground.data.split('validation', () => undefined, signal)
  const columns = classColumns(split)
  const kind = state.quick?.runnable.outputs[0]?.kind
  if (columns === null || kind === undefined) return null
  return tools.exclusive.run(signal, async () => {
    known.requireOpen(state)
    const found = new Int32Array(split.count)
    const showing = { make: inputsOf(split, signal), tools, signal }
    const subject = { ...known.opened(state), weights }
    await runSubject(showing, subject, 0, split.count, (values, from) => {
      found.set(topClasses(values, columns, kind), from)
    })
    return found
  })
}

/** Columns of outputs that say a class; null: they say something else. */
function classColumns({ targets }: DataSplit): number | null {
  const { task } = targets
  return task === 'classification' || task === 'binary' ? targets.columns : null
}

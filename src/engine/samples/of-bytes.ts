import type { OpenedModel } from '../../formats/format'
import { scaledInputs } from '../../graph/scaled-inputs'
import type { RunnableModel } from '../model/runnable-model'

/** Of each input whether pictures are bytes for it: whole numbers, or numbers that the model scales itself. */
export function ofBytes(
  { opened }: { readonly opened: Pick<OpenedModel, 'graph'> },
  { inputs }: Pick<RunnableModel, 'inputs'>,
): readonly boolean[] {
  const scaled = scaledInputs(opened.graph)
  return inputs.map(({ dtype }, at) => dtype === 'int32' || (scaled[at] ?? null) !== null)
}

import type { ModelNote, PortSummary } from '../../core/model-summary'
import { outcomesOf } from '../../data/class-orders'
import { namesOfModel } from '../../data/model-names'
import { preparationHint } from '../../data/preparation-hint'
import type { OpenedModel } from '../../formats/format'
import type { BuiltFacts } from '../../formats/summarize-model'

/** What the files say of outputs and pictures, with a note on where it was found. */
export function toldByFiles(
  opened: OpenedModel,
  [output]: readonly PortSummary[],
): Pick<BuiltFacts, 'outputNames' | 'notes'> {
  const hint = preparationHint(opened)
  const notes: ModelNote[] =
    hint === null ? [] : [{ code: 'note/preparation', params: { file: hint.file } }]
  const columns = output?.shape.length === 2 ? output.shape[1] : null
  if (columns === null || columns === undefined) return { outputNames: null, notes }
  const outputs = outcomesOf(columns)
  const { names, misfit, rival } = namesOfModel(opened, outputs)
  if (names !== null)
    notes.push({ code: 'note/output-names', params: { count: outputs, file: names.file } })
  if (names !== null && rival !== null)
    notes.push({ code: 'note/names-rival', params: { file: names.file, rival } })
  if (misfit !== null) notes.push({ code: 'note/names-unused', params: { ...misfit, outputs } })
  return { outputNames: names, notes }
}

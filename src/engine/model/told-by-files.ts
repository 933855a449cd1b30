import type { ModelNote, PortSummary } from '../../core/model-summary'
import { onlySide } from '../../core/output-columns'
import { outcomesOf } from '../../data/class-orders'
import { ml5Scaling } from '../../data/ml5-metadata'
import { namesOfModel } from '../../data/model-names'
import { preparationHint } from '../../data/preparation-hint'
import type { Told } from '../../data/told-beside'
import type { BuiltFacts } from '../../formats/summarize-model'

/**
 * What the files say of outputs and inputs, with a note on where it was found.
 * @param scaling what the model itself says of its pictures, where no file says more
 */
export function toldByFiles(
  told: readonly Told[],
  [output]: readonly PortSummary[],
  scaling: readonly ModelNote[],
): Pick<BuiltFacts, 'outputNames' | 'notes'> {
  const hint = preparationHint(told)
  const notes: ModelNote[] =
    hint === null
      ? [...scaling, ...scalingNotes(told)]
      : [{ code: 'note/preparation', params: { file: hint.file } }]
  const columns = onlySide(output?.shape ?? [])
  if (columns === null) return { outputNames: null, notes }
  const outputs = outcomesOf(columns)
  const { names, misfit, rival } = namesOfModel(told, outputs)
  if (names !== null)
    notes.push({ code: 'note/output-names', params: { count: outputs, file: names.file } })
  if (names !== null && rival !== null)
    notes.push({ code: 'note/names-rival', params: { file: names.file, rival } })
  if (misfit !== null) notes.push({ code: 'note/names-unused', params: { ...misfit, outputs } })
  return { outputNames: names, notes }
}

/** Columns of a table are shown as they are: whoever scaled them for training must do so again. */
function scalingNotes(told: readonly Told[]): ModelNote[] {
  for (const { file, value } of told) {
    const scaling = ml5Scaling(value)
    if (scaling?.isScaled !== true) continue
    const ranges = [...scaling.inputs, ...scaling.outputs]
    // From 0 to 1 they are what they were.
    const count = ranges.filter(({ min, max }) => min !== 0 || max !== 1).length
    if (count > 0) return [{ code: 'note/scaled-columns', params: { file, count } }]
  }
  return []
}

import { onlySide } from '../../core/output-columns'
import type { OutputMeaning } from '../../core/output-meaning'
import { outcomesOf } from '../../data/class-orders'
import { picturePreparation } from '../../data/data-settings'
import { pictureForm } from '../../data/input-form'
import type { Preparation } from '../../data/preparation'
import { withScale } from '../../data/preparation'
import { hinted, preparationHint } from '../../data/preparation-hint'
import type { KnownClassifier } from '../../formats/transformers-js/picture-plan'
import type { DataSummary } from '../../protocol/data-messages'
import { requireRunnable } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'

/** What the page knows of a model that may be a classifier of pictures. */
export function knownClassifier(
  state: OpenModelState,
  data: DataSummary | null,
  meaning: OutputMeaning,
): KnownClassifier {
  const { frozenBatch, inputs, outputs } = requireRunnable(state)
  const [output] = outputs
  if (output === undefined) throw new RangeError(`${state.summary.name} has no outputs`)
  return {
    ...{ inputs, output, meaning, frozenBatch },
    portTypes: state.opened.portTypes ?? new Map(),
    names: state.summary.outputNames?.names ?? namesOfData(data, onlySide(output.shape)),
    preparation: preparationOf(state, data),
  }
}

/** The classes of the data in the order of the outputs. */
function namesOfData(data: DataSummary | null, columns: number | null): readonly string[] | null {
  if (data === null || columns === null || data.classNames.length === 0) return null
  const map = data.settings.classMap ?? data.classOrders[0]?.map ?? []
  const names = Array.from({ length: outcomesOf(columns) }, (_, at) => `LABEL_${at}`)
  for (const [at, name] of data.classNames.entries()) {
    const output = map[at] ?? -1
    if (output in names) names[output] = name
  }
  return names
}

/** As the data are shown; else as files beside the model, or the model itself, say it. */
function preparationOf({ summary, told, runnable }: OpenModelState, data: DataSummary | null) {
  const own = data === null ? null : picturePreparation(data.settings)
  if (own !== null) return own
  const form = pictureForm(runnable?.inputs[0]?.shape.slice(1) ?? [])
  const hint = preparationHint(told)
  const scales = summary.notes.some(({ code }) => code === 'note/scaled-pictures')
  if (form === null || form.height === null || form.width === null) return null
  if (hint === null && !scales) return null
  const none = Array.from({ length: form.channels }, () => 0)
  const plain: Preparation = {
    ...{ fit: 'stretch', height: form.height, width: form.width },
    color: form.channels === 1 ? 'grey' : 'rgb',
    ...{ mean: none, std: none.map(() => 1) },
  }
  return hint === null ? withScale(plain, 'bytes') : hinted(plain, hint)
}

import { onlySide } from '../../core/output-columns'
import type { ModelSummary } from '../../core/model-summary'
import { isImageName } from '../../data/image-header'

/** Whether a model takes one picture and says classes. */
export function answersPictures(model: ModelSummary | null): boolean {
  if (model === null || model.obstacles.run !== null) return false
  const [input, ...others] = model.inputs
  return (
    others.length === 0 &&
    input?.shape.length === 4 &&
    onlySide(model.outputs[0]?.shape ?? []) !== null
  )
}

/** A single picture is a question to a model that can answer it, not its data. */
export function canAnswer(model: ModelSummary | null, file: Pick<File, 'name'>): boolean {
  return answersPictures(model) && isImageName(file.name)
}

import type { StudioErrorData } from '../../../core/errors'
import { learningPart } from '../../../training/learning-layers'
import { dataIn } from '../../store/data-in'
import type { StudioState } from '../../store/store'

/** What of the data is missing, or what of the model is in the way. */
export type Obstacle = 'data' | 'labels' | 'split' | 'layers' | StudioErrorData

/** Why the open model cannot be trained now; null where it can. */
export function obstacleOf(state: StudioState): Obstacle | null {
  const { model, trainingSettings } = state
  const { distillation, layers } = trainingSettings
  const found = obstacleTo(state, distillation !== null)
  if (found !== null || layers === null) return found
  return learningPart(model?.layers ?? [], layers).layers === 0 ? 'layers' : null
}

/** Whether the open model can be trained, given what a run needs besides. */
export function isAble({ model }: StudioState): boolean {
  return (model?.obstacles.train ?? null) === null
}

/** @param taught whether a teacher supervises, so that labels need not be there */
export function obstacleTo({ model, data }: StudioState, taught: boolean): Obstacle | null {
  const inTheWay = model?.obstacles.train ?? null
  if (inTheWay !== null) return inTheWay
  const attached = dataIn(data)
  if (attached === null) return 'data'
  if (attached.settings.task === 'unlabelled' && !taught) return 'labels'
  return attached.splits.some(({ name }) => name === 'train') ? null : 'split'
}

import type { StudioState } from '../../store/store'

type Obstacle = 'data' | 'labels' | 'graph' | 'runnable' | 'split'

/** Why the open model cannot be trained now; null where it can. */
export function obstacleOf({ model, data, trainingSettings }: StudioState): Obstacle | null {
  if (model === null || model.notRunnable !== null) return 'runnable'
  if (model.format !== 'tfjs-layers') return 'graph'
  const attached =
    data.state === 'attached' ? data.data : data.state === 'loading' ? data.before : null
  if (attached === null) return 'data'
  const taught = trainingSettings.distillation !== null
  if (attached.settings.task === 'unlabelled' && !taught) return 'labels'
  return attached.splits.some(({ name }) => name === 'train') ? null : 'split'
}

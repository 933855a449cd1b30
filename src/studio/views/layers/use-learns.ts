import { useMemo } from 'react'
import type { ModelSummary } from '../../../core/model-summary'
import { layersToLearn, learnsBy } from '../../../training/learning-layers'
import { useStudio } from '../../store/store'

/** Whether training moves a layer, by its name; null where all learn, or it has nothing to learn. */
export function useLearns(model: ModelSummary): (layer: string) => boolean | null {
  const choice = useStudio((state) => state.trainingSettings.layers)
  return useMemo(() => {
    if (choice === null || model.obstacles.train !== null) return () => null
    const able = new Set(layersToLearn(model.layers).map(({ name }) => name))
    const learns = learnsBy(choice)
    return (layer: string) => (able.has(layer) ? learns(layer) : null)
  }, [choice, model])
}

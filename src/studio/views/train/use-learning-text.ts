import { useTranslation } from 'react-i18next'
import { learningPart } from '../../../training/learning-layers'
import { formatPercent } from '../../../ui-kit/format-number'
import { useStudio } from '../../store/store'

/** How much of the model learns, where not all of it does. */
export function useLearningText(): string | null {
  const { t } = useTranslation('train')
  const model = useStudio((state) => state.model)
  const choice = useStudio((state) => state.trainingSettings.layers)
  if (model === null || choice === null) return null
  const { layers, of, share } = learningPart(model.layers, choice)
  return t('layers.part', { layers, of, share: formatPercent(share, share < 0.1 ? 1 : 0) })
}

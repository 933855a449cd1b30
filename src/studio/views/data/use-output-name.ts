import { useTranslation } from 'react-i18next'
import { useStudio } from '../../store/store'

/**
 * Names an output of the model: as the person's list does, else by the class of the data that stands
 * for it, else by its number.
 */
export function useOutputName(): (output: number) => string {
  const { t } = useTranslation('page')
  const names = useStudio((state) => state.outputNames)
  const data = useStudio((state) => (state.data.state === 'attached' ? state.data.data : null))
  return (output) => {
    const { classNames = [], settings } = data ?? {}
    const own =
      settings?.classMap === undefined || settings.classMap === null
        ? output
        : settings.classMap.indexOf(output)
    return names?.[output] ?? classNames[own] ?? t('data.output', { index: output + 1 })
  }
}

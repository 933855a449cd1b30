import { useTranslation } from 'react-i18next'
import { attachedIn } from '../store/data-in'
import { useStudio } from '../store/store'
import { useClassName } from './use-class-name'

/**
 * Names an output of the model: as the person's list does, else by the class of the data that stands
 * for it, else by its number, from 0 as labels and files count.
 */
export function useOutputName(): (output: number) => string {
  const { t } = useTranslation('page')
  const className = useClassName()
  const names = useStudio((state) => state.outputNames)
  const data = useStudio((state) => attachedIn(state.data))
  return (output) => {
    const { classNames = [], settings } = data ?? {}
    const own =
      settings?.classMap === undefined || settings.classMap === null
        ? output
        : settings.classMap.indexOf(output)
    const known = classNames[own]
    return (
      names?.[output] ??
      (known === undefined ? t('data.output', { index: output }) : className(known))
    )
  }
}

import { useTranslation } from 'react-i18next'
import { useStudio } from '../store/store'

/** A class as the page calls it: those of built-in data are words of the language, people's own are theirs. */
export function useClassName(): (name: string) => string {
  const { t } = useTranslation('page')
  const isBuiltIn = useStudio(
    (state) => state.data.state === 'attached' && state.data.data.own === null,
  )
  return (name) => (isBuiltIn ? t(`data.builtInClasses.${name}`, { defaultValue: name }) : name)
}

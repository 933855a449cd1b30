import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../core/errors'
import { factsIn } from '../i18n/error-facts'
import { phrasesOf } from '../i18n/languages'

/** What happened, with its facts; or in a few words; or what to do. */
export function useErrorWords(): (
  part: 'message' | 'title' | 'fix',
  error: StudioErrorData,
) => string {
  const { t, i18n } = useTranslation('errors')
  const phrases = phrasesOf(i18n.language)
  return (part, { code, params }) => t(`${code}.${part}`, factsIn(phrases, params))
}

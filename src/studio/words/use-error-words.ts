import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../core/errors'
import { saidWith } from '../i18n/error-facts'
import { phrasesOf } from '../i18n/languages'

/** What happened, with its facts; or in a few words; or what to do. */
export function useErrorWords(): (
  part: 'message' | 'title' | 'fix',
  error: StudioErrorData,
) => string {
  const { t, i18n } = useTranslation(['errors', 'page'])
  const areThere = [i18n.language, 'en'].some((one) => i18n.hasResourceBundle(one, 'errors'))
  const [, noteThatTheyCame] = useState(false)
  useEffect(() => {
    if (areThere) return
    // Asked for when the page starts; offline they may not come.
    import('../i18n/error-words').then(
      () => {
        noteThatTheyCame(true)
      },
      () => undefined,
    )
  }, [areThere])
  const phrases = phrasesOf(i18n.language)
  return (part, { code, params }) =>
    areThere
      ? saidWith(phrases, params, (facts) => t(`${code}.${part}`, facts))
      : t(`page:problem.untold.${part}`, { code })
}

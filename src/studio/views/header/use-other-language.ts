import { useTranslation } from 'react-i18next'
import { chooseLanguage } from '../../i18n/languages'
import type { Language } from '../../i18n/languages'

/** The language that is not shown, and the way to it. */
export function useOtherLanguage(): { readonly other: Language; readonly choose: () => void } {
  const { i18n } = useTranslation('page')
  const other: Language = i18n.language === 'zh-CN' ? 'en' : 'zh-CN'
  return {
    other,
    choose: () => {
      // If its words do not arrive, the page stays as it is.
      chooseLanguage(other, localStorage).catch(() => undefined)
    },
  }
}

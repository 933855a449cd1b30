import { useTranslation } from 'react-i18next'
import { partNotLoaded } from '../../../core/errors'
import { chooseLanguage } from '../../i18n/languages'
import type { Language } from '../../i18n/languages'
import { pageStorage } from '../../keeping/page-storage'
import { useStudio } from '../../store/store'

/** The language that is not shown, and the way to it. */
export function useOtherLanguage(): { readonly other: Language; readonly choose: () => void } {
  const { i18n } = useTranslation('page')
  const other: Language = i18n.language === 'zh-CN' ? 'en' : 'zh-CN'
  return {
    other,
    choose: () => {
      const { endProblem, showProblem } = useStudio.getState()
      endProblem('part')
      chooseLanguage(other, pageStorage).catch((thrown: unknown) => {
        // Its words did not arrive: the page stays as it is, and says so.
        showProblem(partNotLoaded(thrown).toData(), 'part')
      })
    },
  }
}

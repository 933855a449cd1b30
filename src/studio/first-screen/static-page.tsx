import { renderToString } from 'react-dom/server'
import { i18n } from '../i18n/i18n'
import { loadWords } from '../i18n/languages'
import type { Language } from '../i18n/languages'
import { readSamples } from '../files/samples'
import { StudioApp } from '../studio-app'

export interface StaticPage {
  readonly language: Language
  readonly scheme: 'light' | 'dark'
  /** The list as its file has it. */
  readonly samples: unknown
}

/** The studio as a newcomer finds it, as HTML: what the app itself draws first, without a browser. */
export async function drawStaticPage({ language, samples, scheme }: StaticPage): Promise<string> {
  await loadWords(language)
  await i18n.changeLanguage(language)
  return renderToString(
    <>
      <StudioApp samples={readSamples(samples)} scheme={scheme} />
      <EarlyNotes />
    </>,
  )
}

/** What is said until the studio is there. The style sheet shows one of them when there is something to say. */
function EarlyNotes() {
  const t = i18n.getFixedT(null, 'page')
  return (
    <>
      <p aria-hidden className="early-note early-dropping">
        {t('first.release')}
      </p>
      <p role="status" className="early-note early-waiting">
        {t('first.waiting')}
      </p>
      <p role="alert" className="early-note early-failed">
        {t('first.failed')} <a href="">{t('first.reload')}</a>
      </p>
    </>
  )
}

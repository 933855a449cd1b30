import type { Phrases } from './error-facts'
import { i18n } from './i18n'

export const languages = ['en', 'zh-CN'] as const
export type Language = (typeof languages)[number]

const none: Phrases = {}
const phrases = new Map<string, Phrases>()

/** For facts of errors, which are English where they come from. */
export function phrasesOf(language: string): Phrases {
  return phrases.get(language) ?? none
}

const KEY = 'compression-studio.language'

/** What the person chose, or else what their browser prefers. */
export function preferredLanguage(
  storage: Pick<Storage, 'getItem'>,
  accepted: readonly string[],
): Language {
  let chosen: string | null = null
  try {
    chosen = storage.getItem(KEY)
  } catch {
    // Forbidden storage only costs the convenience.
  }
  const known = languages.find((language) => language === chosen)
  if (known !== undefined) return known
  const [first = 'en'] = accepted
  return first.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

/** English words are there from the start. */
export async function loadWords(language: Language): Promise<void> {
  if (language !== 'zh-CN' || i18n.hasResourceBundle('zh-CN', 'page')) return
  const { default: words, phrases: own } = await import('./zh-CN/words')
  phrases.set(language, own)
  for (const [name, bundle] of Object.entries(words)) i18n.addResourceBundle(language, name, bundle)
}

/** Shows the page in a language, whose words are loaded first. */
export async function showIn(language: Language): Promise<void> {
  await loadWords(language)
  await i18n.changeLanguage(language)
  document.documentElement.lang = language
}

/** The same, remembered for the next visit. */
export async function chooseLanguage(
  language: Language,
  storage: Pick<Storage, 'setItem'>,
): Promise<void> {
  await showIn(language)
  try {
    storage.setItem(KEY, language)
  } catch {
    // Forbidden storage only costs the convenience.
  }
}

import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type charts from './en/charts.json'
import type compare from './en/compare.json'
import type errors from './en/errors.json'
import type graph from './en/graph.json'
import type lesson from './en/lesson.json'
import page from './en/page.json'
import type small from './en/small.json'
import type techniques from './en/techniques.json'
import type terms from './en/terms.json'
import type tour from './en/tour.json'
import type train from './en/train.json'
import type variants from './en/variants.json'

const en = { page }

/** Those that come later, with what needs them. */
interface LaterWords {
  charts: typeof charts
  compare: typeof compare
  errors: typeof errors
  graph: typeof graph
  lesson: typeof lesson
  small: typeof small
  techniques: typeof techniques
  terms: typeof terms
  tour: typeof tour
  train: typeof train
  variants: typeof variants
}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'page'
    resources: typeof en & LaterWords
  }
}

export const i18n: typeof i18next = i18next.createInstance()

// Resources are in the bundle, so this is done before the next line runs.
void i18n.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  defaultNS: 'page',
  ns: Object.keys(en),
  resources: { en },
  initAsync: false,
  interpolation: { escapeValue: false },
  // Words that come later, or in another language, show as soon as they are there.
  react: { useSuspense: false, bindI18nStore: 'added' },
})

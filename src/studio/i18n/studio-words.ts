/** The words of the workbench, which come with it and not with the first screen. */
import charts from './en/charts.json'
import techniques from './en/techniques.json'
import terms from './en/terms.json'
import { i18n } from './i18n'

for (const [name, words] of Object.entries({ charts, techniques, terms }))
  i18n.addResourceBundle('en', name, words)

/** The words of the comparison, which come with it. */
import compare from './en/compare.json'
import { i18n } from './i18n'

i18n.addResourceBundle('en', 'compare', compare)

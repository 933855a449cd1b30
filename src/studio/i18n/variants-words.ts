/** The words of variants for Transformers.js, which come with the download card. */
import variants from './en/variants.json'
import { i18n } from './i18n'

i18n.addResourceBundle('en', 'variants', variants)

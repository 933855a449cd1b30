/** The words of "Make it small", which come with its card. */
import small from './en/small.json'
import { i18n } from './i18n'

i18n.addResourceBundle('en', 'small', small)

/** The sentences of errors, which nobody needs before something can go wrong. */
import errors from './en/errors.json'
import { i18n } from './i18n'

i18n.addResourceBundle('en', 'errors', errors)

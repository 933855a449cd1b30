/** The sentences of errors, which nobody needs before something can go wrong. */
import errors from './en/errors.json'
import { i18n } from './i18n'

// Who shows errors waits for these; all others need not be drawn anew: use-error-words.ts.
i18n.addResourceBundle('en', 'errors', errors, false, false, { silent: true })

/** The words of the tour, which come with it. */
import tour from './en/tour.json'
import { i18n } from './i18n'

i18n.addResourceBundle('en', 'tour', tour)

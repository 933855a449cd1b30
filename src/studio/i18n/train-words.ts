/** The words of the training cards, which come with those and not with the first screen. */
import train from './en/train.json'
import { i18n } from './i18n'

i18n.addResourceBundle('en', 'train', train)

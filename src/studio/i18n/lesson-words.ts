/** The words of the lesson in both languages, which come with it: nobody else waits for them. */
import en from './en/lesson.json'
import { i18n } from './i18n'
import zh from './zh-CN/lesson.json'

i18n.addResourceBundle('en', 'lesson', en)
i18n.addResourceBundle('zh-CN', 'lesson', zh)

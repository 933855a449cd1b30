import { ActionIcon, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { chooseLanguage } from '../i18n/languages'
import type { Language } from '../i18n/languages'
import classes from './language-toggle.module.css'

/** English and Chinese, each offered in its own words. */
export function LanguageToggle() {
  const { t, i18n } = useTranslation('page')
  const other: Language = i18n.language === 'zh-CN' ? 'en' : 'zh-CN'
  return (
    <Tooltip label={t('language')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        lang={other}
        aria-label={t('language')}
        onClick={() => {
          chooseLanguage(other, localStorage).catch(() => undefined)
        }}
      >
        <span aria-hidden className={classes['letters']}>
          {other === 'en' ? 'EN' : '中'}
        </span>
      </ActionIcon>
    </Tooltip>
  )
}

import { ActionIcon, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './language-toggle.module.css'
import { useOtherLanguage } from './use-other-language'

/** English and Chinese, each offered in its own words. */
export function LanguageToggle() {
  const { t } = useTranslation('page')
  const { choose, other } = useOtherLanguage()
  return (
    <Tooltip label={t('language')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        lang={other}
        aria-label={t('language')}
        onClick={choose}
      >
        <span aria-hidden className={classes['letters']}>
          {other === 'en' ? 'EN' : '中'}
        </span>
      </ActionIcon>
    </Tooltip>
  )
}

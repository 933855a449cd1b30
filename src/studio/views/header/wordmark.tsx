import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './wordmark.module.css'

/** The mark and the name. */
export function Wordmark({ short = false }: { readonly short?: boolean }) {
  const { t } = useTranslation('page')
  return (
    <span className={classes['wordmark']}>
      <img src="./favicon.svg" alt={short ? t('name') : ''} width={24} height={24} />
      {!short && (
        <Text component="span" fw={600}>
          {t('name')}
        </Text>
      )}
    </span>
  )
}

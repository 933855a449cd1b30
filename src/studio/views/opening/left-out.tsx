import { Alert, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../../store/store'

/** Says once what earlier visits kept and is left out: figures of another arithmetic, and what is damaged. */
export function LeftOut() {
  const { t } = useTranslation('page')
  const leftOut = useStudio((state) => state.leftOut)
  const dismiss = useStudio((state) => state.dismissLeftOut)
  if (leftOut === null) return null
  return (
    <Alert
      color="accent"
      variant="light"
      icon={<IconInfoCircle size={18} />}
      withCloseButton
      closeButtonLabel={t('dismiss')}
      onClose={dismiss}
    >
      {leftOut.points > 0 && (
        <Text size="sm">{t('leftOut.points', { count: leftOut.points })}</Text>
      )}
      {leftOut.unreadable > 0 && (
        <Text size="sm">{t('leftOut.unreadable', { count: leftOut.unreadable })}</Text>
      )}
      {leftOut.parts.map((part) => (
        <Text key={part} size="sm">
          {t(`leftOut.parts.${part}`)}
        </Text>
      ))}
      {leftOut.run && <Text size="sm">{t('leftOut.run')}</Text>}
    </Alert>
  )
}

import { Alert } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface NoticeProps {
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Something worth knowing that is in nobody's way, and can be put away. */
export function Notice({ onClose, children }: NoticeProps) {
  const { t } = useTranslation('page')
  return (
    <Alert
      color="accent"
      variant="light"
      role="status"
      icon={<IconInfoCircle size={18} />}
      withCloseButton
      closeButtonLabel={t('dismiss')}
      onClose={onClose}
    >
      {children}
    </Alert>
  )
}

import { ActionIcon, Tooltip } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useOtherScheme } from './use-other-scheme'

/** Light or dark. */
export function SchemeToggle() {
  const { t } = useTranslation('page')
  const { choose, other } = useOtherScheme()
  const label = t(`scheme.${other}`)
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={choose}>
        {other === 'light' ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  )
}

import { Button, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './usage-code.module.css'

/** How the finished file is opened, for one's own program. */
export function UsageCode({ code }: { readonly code: string }) {
  const { t } = useTranslation('page')
  const [copied, setCopied] = useState<string | null>(null)
  const isCopied = copied === code
  return (
    <div role="group" aria-label={t('report.usage')} className={classes['usage']}>
      <div className={classes['head']}>
        <Text size="xs" c="dimmed">
          {t('report.usage')}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={isCopied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={() => {
            navigator.clipboard.writeText(code).then(
              () => {
                setCopied(code)
              },
              // A browser that forbids it leaves the code to be selected.
              () => undefined,
            )
          }}
        >
          {t(isCopied ? 'problem.copied' : 'report.copyCode')}
        </Button>
      </div>
      <pre className={classes['code']}>
        <code>{code}</code>
      </pre>
    </div>
  )
}

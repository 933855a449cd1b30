import { Button, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Usage } from '../../../formats/exporter'
import classes from './usage-code.module.css'

/** How the finished file is opened, for one's own program. */
export function UsageCode({
  code,
  language,
}: {
  readonly code: string
  readonly language: Usage['language'] | 'web' | 'transformers'
}) {
  const { t } = useTranslation('page')
  const title = t(`report.usage.${language}`)
  const [copied, setCopied] = useState<string | null>(null)
  const isCopied = copied === code
  return (
    <div role="group" aria-label={title} className={classes['usage']}>
      <div className={classes['head']}>
        <Text size="xs" c="dimmed">
          {title}
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

import { Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Reading } from '../../../../data/reading/reading'
import { commands } from '../../../commands/page-commands'
import { useStudio } from '../../../store/store'
import { useReadingWords } from '../../../words/use-reading-words'
import classes from './reading.module.css'

/** Notes that stand beside the attached data; all are in the panel. */
const FEW = 2

/** How the attached data was read, in short, and the way to put it right. */
export function ReadingSummary({ reading }: { readonly reading: Reading }) {
  const { t } = useTranslation('page')
  const words = useReadingWords()
  const isOpen = useStudio((state) => state.reading !== null && state.reading.attachedAs !== null)
  const { account, notes } = reading
  return (
    <div className={classes['summary']}>
      <Text size="xs" c="dimmed">
        {[words.account(account), ...notes.slice(0, FEW).map(words.note)].join(' · ')}
        {notes.length > FEW && ' …'}
      </Text>
      <Button
        size="compact-xs"
        variant="default"
        aria-expanded={isOpen}
        onClick={() => {
          if (isOpen) commands.closeReading()
          else commands.openReading()
        }}
      >
        {t('reading.panel.open')}
      </Button>
    </div>
  )
}

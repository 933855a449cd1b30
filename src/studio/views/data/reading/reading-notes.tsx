import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ReadingNote } from '../../../../data/reading/reading'
import { useReadingWords } from '../../../words/use-reading-words'
import classes from './reading.module.css'

/** What was understood, in words. */
export function ReadingNotes({ notes }: { readonly notes: readonly ReadingNote[] }) {
  const { t } = useTranslation('page')
  const { note } = useReadingWords()
  if (notes.length === 0) return null
  return (
    <div>
      <Text size="sm" fw={600} component="h3">
        {t('reading.panel.notes')}
      </Text>
      <ul className={classes['notes']}>
        {notes.map((each) => (
          <li key={each.id}>{note(each)}</li>
        ))}
      </ul>
    </div>
  )
}

import { useTranslation } from 'react-i18next'
import type {
  FileAccount,
  LeftOutReason,
  ReadingControl,
  ReadingNote,
} from '../../data/reading/reading'
import { calledColumn } from '../../data/tables/column-names'
import { formatCount } from '../../ui-kit/format-number'
import page from '../i18n/en/page.json'
import { labelled } from './joining'
import { readingOption } from './reading-option'

/** What files were taken for, in words. */
export function useReadingWords() {
  const { t } = useTranslation('page')
  /** Names of the person's own files stay as they are. */
  const option = (
    control: Partial<Pick<ReadingControl, 'id'>> & Pick<ReadingControl, 'verbatim'>,
    value: string,
  ): string => {
    const word = readingOption(control, value, page.reading)
    return word === null ? value : t(`reading.${word}`)
  }
  return {
    option,
    note: ({ id, params }: ReadingNote): string => {
      const { encoding, column } = params
      const named =
        typeof encoding === 'string' ? { encoding: option({ verbatim: false }, encoding) } : {}
      // A column without a name is called by its number alone where the sentence says that it is one.
      const called = typeof column === 'string' ? { column: calledColumn(column) } : {}
      return t(`reading.notes.${id}`, { count: 1, ...params, ...named, ...called })
    },
    /** How many of all files were read. */
    account: ({ read, leftOut }: FileAccount): string => {
      const total = leftOut.reduce((sum, { count }) => sum + count, read)
      const counts = { read: formatCount(read), total: formatCount(total) }
      return t('reading.panel.account', { count: total, ...counts })
    },
    /** Why some were not, and how many. */
    leftOut: (reason: LeftOutReason, count: number): string =>
      labelled(t(`reading.reasons.${reason}`), formatCount(count)),
  }
}

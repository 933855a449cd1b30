import { Alert, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatSignificant } from '../../../ui-kit/format-number'
import { saidWith } from '../../i18n/error-facts'
import { phrasesOf } from '../../i18n/languages'
import type { RunNote } from '../../store/train-slice'

/** What happened on the way. */
export function RunNotes({ notes }: { readonly notes: readonly RunNote[] }) {
  const { t, i18n } = useTranslation('train')
  if (notes.length === 0) return null
  const count = (kind: RunNote['kind']): number => notes.filter((note) => note.kind === kind).length
  const text = (note: RunNote): string => {
    switch (note.kind) {
      case 'rolledBack':
        return t('notes.rolledBack', {
          epoch: note.epoch + 1,
          rate: formatSignificant(note.learningRate, 2),
        })
      case 'pieceHalved':
        return t('notes.pieceHalved', { count: note.piece })
      case 'plainKernels':
      case 'notSaved':
        return saidWith(phrasesOf(i18n.language), { reason: note.reason }, (facts) =>
          t(`notes.${note.kind}`, facts),
        )
      case 'offStock':
      case 'teacherOffStock':
        return t(`notes.${note.kind}`, { difference: formatSignificant(note.difference, 2) })
      case 'takenUp':
        return t('notes.takenUp', { count: count('takenUp') })
      case 'begunAgain':
        return t('notes.begunAgain', { count: count('begunAgain') })
      case 'leftGpu':
      case 'settingsBack':
        return t(`notes.${note.kind}`)
      case 'smallerPieces':
        return t('notes.smallerPieces', { count: note.piece })
    }
  }
  return (
    <Alert color="yellow" variant="light" p="xs">
      {withoutRepeats(notes).map((note, index) => (
        <Text key={index} size="xs">
          {text(note)}
        </Text>
      ))}
    </Alert>
  )
}

/** What is told with its count, or stays as it is, is told once. */
const told: ReadonlySet<RunNote['kind']> = new Set([
  ...(['takenUp', 'begunAgain', 'settingsBack', 'offStock', 'teacherOffStock'] as const),
])

function withoutRepeats(notes: readonly RunNote[]): readonly RunNote[] {
  return notes.filter(
    ({ kind }, index) => !told.has(kind) || notes.findIndex((one) => one.kind === kind) === index,
  )
}

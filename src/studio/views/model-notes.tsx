import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../store/store'

/** Things worth knowing that did not stop the model from opening. */
export function ModelNotes() {
  const { t } = useTranslation('page')
  const notes = useStudio((state) => state.model?.notes ?? none)
  if (notes.length === 0) return null
  return (
    <section aria-label={t('notes.title')}>
      <Text component="h2" size="sm" fw={600} mt="md" mb={4}>
        {t('notes.title')}
      </Text>
      {notes.map((note) => (
        <Text key={`${note.code} ${JSON.stringify(note.params)}`} size="xs" c="dimmed" mb={4}>
          {t(`notes.${note.code}`, { ...note.params })}
        </Text>
      ))}
    </section>
  )
}

const none = [] as const

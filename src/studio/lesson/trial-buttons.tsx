import { Button, Group, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { commands } from '../commands/page-commands'
import type { Lesson } from '../store/lesson-slice'
import { trialOf, trialsOf } from '../store/lesson-steps'
import type { TrialId } from '../store/lesson-steps'
import { useStudio } from '../store/store'

/** Those that have a slider here. */
const moved: readonly TrialId[] = ['linear', 'mean', 'threshold']

/** The settings that a step is about, each with its button, which says whether they are in use. */
export function TrialButtons({ lesson }: { readonly lesson: Lesson }) {
  const { t } = useTranslation('lesson')
  const current = useStudio((state) => trialOf(state.recipe))
  const isCut = useStudio((state) => state.cutFrom !== null && lesson.cuts === 0)
  const busy = useStudio((state) => state.training.state === 'running')
  const isInUse = (id: TrialId): boolean => current === id && !isCut
  const ids = trialsOf[lesson.step]
  return (
    <div>
      <Group gap="xs">
        {ids.map((id) => (
          <Button
            key={id}
            size="xs"
            variant={isInUse(id) ? 'light' : 'filled'}
            aria-pressed={isInUse(id)}
            disabled={busy}
            {...(isInUse(id) ? { leftSection: <IconCheck size={14} /> } : {})}
            onClick={() => {
              void commands.useTrial(id)
            }}
          >
            {t('try', { what: t(`rows.${id}`) })}
          </Button>
        ))}
      </Group>
      {ids.some((id) => isInUse(id) && moved.includes(id)) && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('inUse')}
        </Text>
      )}
    </div>
  )
}

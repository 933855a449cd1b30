import { Button, Group, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { commands } from '../commands/page-commands'
import type { Lesson } from '../store/lesson-slice'
import { trialOf, trialsOf } from '../store/lesson-steps'
import { useStudio } from '../store/store'
import classes from './lesson.module.css'

/** The settings that a step is about, each with its button until it is in use. */
export function TrialButtons({ lesson }: { readonly lesson: Lesson }) {
  const { t } = useTranslation('lesson')
  const current = useStudio((state) => trialOf(state.recipe))
  const isCut = useStudio((state) => state.cutFrom !== null && lesson.cuts === 0)
  const busy = useStudio((state) => state.training.state === 'running')
  return (
    <Group gap="xs">
      {trialsOf[lesson.step].map((id) =>
        current === id && !isCut ? (
          <Text key={id} size="sm" className={classes['done'] ?? ''}>
            <IconCheck size={16} aria-hidden />
            {t(['linear', 'mean', 'threshold'].includes(id) ? 'inUse' : 'inUsePlain')}
          </Text>
        ) : (
          <Button
            key={id}
            size="xs"
            disabled={busy}
            onClick={() => {
              void commands.useTrial(id)
            }}
          >
            {t('try', { what: t(`rows.${id}`) })}
          </Button>
        ),
      )}
    </Group>
  )
}

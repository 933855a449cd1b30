import { Alert, Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'

/** Offers to take up a run that a closed page has left. */
export function InterruptedRun() {
  const { t } = useTranslation('page')
  const run = useStudio((state) => state.interrupted)
  if (run === null) return null
  return (
    <Alert color="blue" variant="light" title={t('interrupted.title')}>
      <Text size="sm">
        {t('interrupted.text', { name: run.modelName, epoch: run.epoch, epochs: run.epochs })}
      </Text>
      <Group gap="sm" mt="xs">
        <Button
          size="xs"
          onClick={() => {
            void commands.resumeInterrupted()
          }}
        >
          {t('interrupted.resume')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            void commands.dismissInterrupted()
          }}
        >
          {t('interrupted.discard')}
        </Button>
      </Group>
    </Alert>
  )
}

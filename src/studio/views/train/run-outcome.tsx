import { ActionIcon, Alert, Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../../core/errors'
import type { TrainingSettings } from '../../../training/training-settings'
import { Folded } from '../../../ui-kit/folded'
import { formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { dataKey } from '../../store/data-in'
import type { RunData } from '../../store/data-in'
import { useStudio } from '../../store/store'
import type { EpochPoint, TrainStatus } from '../../store/train-slice'
import { ErrorText } from '../../words/problem-alert'
import { PinButton } from '../pin/pin-button'
import { RunNotes } from './run-notes'
import { useScoreText } from './use-score-text'
import { labelled, sentences } from '../../words/joining'

function isOfMemory({ code }: StudioErrorData): boolean {
  return code === 'train/out-of-memory' || code === 'train/worker-out-of-memory'
}

function isPlainSgd({ optimizer, momentum }: TrainingSettings): boolean {
  return optimizer === 'sgd' && momentum === 0
}

/** Whether what the run leaves differs from what it began with, though no step was worth it. */
function hasNewStatistics({ run }: Done): boolean {
  const { facts, epochs, recipe, settings } = run
  const first = epochs.find(({ epoch }) => epoch === 0)
  const isSame = first?.recipe.trained === recipe.trained
  return settings.batchNorm.reestimate && !isSame && (facts?.statistics ?? 'none') !== 'none'
}

type Ended = Extract<TrainStatus, { state: 'done' | 'failed' }>
type Done = Extract<Ended, { state: 'done' }>

/** How a run ended, and every epoch that can still be used. */
export function RunOutcome({ training }: { readonly training: Ended }) {
  const { t } = useTranslation('train')
  const score = useScoreText()
  const inUse = useStudio((state) => state.recipe.trained)
  const { run } = training
  const point =
    training.state === 'done'
      ? (run.epochs.find(({ epoch }) => epoch === training.epoch) ?? null)
      : null
  const simulated = point?.simulated ?? null
  const howItEnded = (ended: Done, isInUse: boolean): string => {
    const { end, epoch } = ended
    if (epoch > 0)
      return sentences(t(`done.${end}`), t(isInUse ? 'done.best' : 'done.bestApart', { epoch }))
    if (hasNewStatistics(ended)) return t(isInUse ? 'done.statistics' : 'done.statisticsApart')
    return t(isInUse ? 'done.nothing' : 'done.nothingApart')
  }
  return (
    <Stack gap={8} mb={10}>
      <Group gap={4} wrap="nowrap" align="flex-start">
        {training.state === 'done' ? (
          <Alert color="gray" variant="light" p="xs" flex={1}>
            <Text size="sm">{howItEnded(training, training.recipe.trained === inUse)}</Text>
            <Text size="sm" fw={600}>
              {labelled(t('run.validation'), score(training.measure))}
            </Text>
            {simulated !== null && (
              <Text size="xs" mt={4}>
                {t('done.simulated', {
                  bits: simulated.bits,
                  accuracy: formatPercent(simulated.correct / Math.max(1, simulated.measured)),
                })}
              </Text>
            )}
            <Group mt={6} gap={8}>
              {training.recipe.trained !== inUse && (
                <Button
                  size="compact-xs"
                  variant="light"
                  onClick={() => {
                    void commands.useEpoch(training.recipe)
                  }}
                >
                  {t('done.useTrained')}
                </Button>
              )}
              {point !== null && training.epoch > 0 && <PinButton recipe={point.recipe} />}
            </Group>
          </Alert>
        ) : (
          // The error inside is the alert.
          <Alert role="group" color="red" variant="light" p="xs" title={t('failed')} flex={1}>
            <ErrorText error={training.error} />
            {training.goesOnWith !== null && <GoOn data={training.goesOnWith} />}
            {isOfMemory(training.error) && !isPlainSgd(run.settings) && (
              <Button
                mt={8}
                size="compact-xs"
                variant="default"
                onClick={() => {
                  const settings = { ...run.settings, optimizer: 'sgd', momentum: 0 } as const
                  commands.changeTrainingSettings(settings)
                  void commands.startTraining()
                }}
              >
                {t('need.plainSgdAgain')}
              </Button>
            )}
            {training.error.code === 'train/teacher-memory' && (
              <Button
                mt={8}
                size="compact-xs"
                variant="default"
                onClick={() => {
                  commands.changeDistillation({ askFirst: true, hint: null })
                  void commands.startTraining()
                }}
              >
                {t('distillation.askFirstAgain')}
              </Button>
            )}
          </Alert>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('done.close')}
          onClick={commands.closeTraining}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <RunNotes notes={run.notes} />
      {run.epochs.length > 0 && (
        <Folded title={t('done.epochs')}>
          <Epochs epochs={run.epochs} />
        </Folded>
      )}
    </Stack>
  )
}

/** A checkpoint on other data would be refused. */
function GoOn({ data }: { readonly data: RunData }) {
  const { t } = useTranslation('train')
  const isSame = useStudio((state) => dataKey(state.data) === data.key)
  if (!isSame)
    return (
      <Text size="sm" mt={8}>
        {t('goOnNeeds', { data: data.name })}
      </Text>
    )
  return (
    <Button
      mt={8}
      size="compact-xs"
      variant="default"
      onClick={() => {
        void commands.goOnTraining()
      }}
    >
      {t('goOn')}
    </Button>
  )
}

function Epochs({ epochs }: { readonly epochs: readonly EpochPoint[] }) {
  const { t } = useTranslation('train')
  const score = useScoreText()
  const current = useStudio((state) => state.recipe.trained)
  return (
    <>
      <Table fz="xs" withRowBorders={false} horizontalSpacing={4} verticalSpacing={2}>
        <Table.Tbody>
          {epochs.map((point) => (
            <Table.Tr key={point.epoch}>
              <Table.Td>{point.epoch}</Table.Td>
              <Table.Td>{score(point.measure)}</Table.Td>
              <Table.Td>{point.sparsity > 0 && formatPercent(point.sparsity, 1)}</Table.Td>
              <Table.Td ta="right">
                {point.recipe.trained === current ? (
                  t('done.inUse')
                ) : (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={t('done.useNamed', { epoch: point.epoch })}
                    onClick={() => {
                      void commands.useEpoch(point.recipe)
                    }}
                  >
                    {t('done.use')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {current !== undefined && (
        <Button size="compact-xs" variant="subtle" onClick={commands.leaveTraining}>
          {t('done.leave')}
        </Button>
      )}
    </>
  )
}

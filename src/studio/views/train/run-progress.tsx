import { Button, Group, Progress, Stack, Text, Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '../../../ui-kit/fact'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatSignificant,
} from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import type { RunView, TrainStatus } from '../../store/train-slice'
import { useStudio } from '../../store/store'
import { formatDuration } from '../../words/format-duration'
import { RunNotes } from './run-notes'
import { useScoreText } from './use-score-text'
import { clauses, sentences } from '../../words/joining'

type Running = Extract<TrainStatus, { state: 'running' }>

/** A run that goes on: how far, how well, and its buttons. */
export function RunProgress({ run, phase, preparing }: Omit<Running, 'state'>) {
  const { t } = useTranslation('train')
  const { progress, facts } = run
  const epochs = facts?.epochs ?? run.settings.epochs
  const inPhase = preparing?.progress ?? null
  const prepared = inPhase === null || inPhase.total === 0 ? 0 : inPhase.done / inPhase.total
  const done = preparing === null ? (progress?.progress ?? 0) : prepared
  const epoch = Math.min(epochs, (progress?.epoch ?? facts?.epoch ?? 0) + 1)
  const ending = phase === 'stopping' || phase === 'cancelling'
  const title =
    phase === 'going'
      ? progress === null || preparing !== null
        ? t(`run.preparing.${preparing?.step ?? 'run'}`)
        : t('run.epoch', { epoch, epochs })
      : t(`run.${phase}`)
  return (
    <Stack gap={10} role="group" aria-label={t('run.title')}>
      <Group justify="space-between" gap={8}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="xs" c="dimmed">
          {phase === 'going' &&
            preparing === null &&
            progress?.msLeft != null &&
            t('run.left', { time: formatDuration(progress.msLeft) })}
        </Text>
      </Group>
      <Progress
        value={100 * done}
        aria-label={title}
        size="md"
        animated={phase === 'going'}
        striped={phase !== 'going'}
      />
      <Group gap={8} grow>
        {phase === 'paused' ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerPlay size={14} />}
            onClick={commands.resumeTraining}
          >
            {t('run.resume')}
          </Button>
        ) : (
          <Button
            size="xs"
            variant="default"
            disabled={ending || progress === null || preparing !== null}
            leftSection={<IconPlayerPause size={14} />}
            onClick={commands.pauseTraining}
          >
            {t('run.pause')}
          </Button>
        )}
        <Tooltip label={t('run.stopHint')}>
          <Button
            size="xs"
            variant="default"
            disabled={ending}
            leftSection={<IconPlayerStop size={14} />}
            onClick={commands.stopTraining}
          >
            {t('run.stop')}
          </Button>
        </Tooltip>
        <Tooltip label={t('run.cancelHint')}>
          <Button
            size="xs"
            variant="default"
            disabled={phase === 'cancelling'}
            leftSection={<IconX size={14} />}
            onClick={commands.cancelTraining}
          >
            {t('run.cancel')}
          </Button>
        </Tooltip>
      </Group>
      <RunFacts run={run} />
      <RunNotes notes={run.notes} />
    </Stack>
  )
}

function RunFacts({ run }: { readonly run: RunView }) {
  const { t } = useTranslation('train')
  const { t: tPage } = useTranslation('page')
  const score = useScoreText()
  const { backend, facts, progress } = run
  const engine = useStudio((state) => state.engine)
  // The engine is named in the header; where a run could not stay with it, that is said.
  const isElsewhere =
    engine.state === 'ready' && backend !== null && engine.info.backend !== backend
  const [last] = run.epochs.slice(-1)
  return (
    <Facts>
      {last !== undefined && (
        <Fact name={t('run.validation')}>
          {clauses(score(last.measure), last.epoch === 0 && t('run.before'))}
        </Fact>
      )}
      {last?.simulated != null && (
        <Fact name={t('run.simulated', { bits: last.simulated.bits })}>
          {formatPercent(last.simulated.correct / Math.max(1, last.simulated.measured))}
        </Fact>
      )}
      {isElsewhere && <Fact name={t('run.runsOn')}>{tPage(`engine.backends.${backend}`)}</Fact>}
      {facts !== null && facts.piece < facts.batchSize && (
        <Fact name={t('run.pieces')}>
          {sentences(
            t('run.piecesOf', { batch: facts.batchSize, piece: facts.piece }),
            progress !== null && t('run.workers', { count: progress.workers }),
            facts.statistics !== 'none' && t(`statistics.${facts.statistics}`),
          )}
        </Fact>
      )}
      {progress !== null && (
        <>
          <Fact name={t('run.loss')}>{formatSignificant(progress.loss, 3)}</Fact>
          {progress.accuracy !== null && (
            <Fact name={t('run.batchAccuracy')}>{formatPercent(progress.accuracy, 1)}</Fact>
          )}
          {progress.sparsity > 0 && (
            <Fact name={t('run.sparsity')}>{formatPercent(progress.sparsity, 1)}</Fact>
          )}
          <Fact name={t('run.rate')}>{formatSignificant(progress.learningRate, 2)}</Fact>
          {progress.gpuBytes !== null && (
            <Fact name={t('run.gpu')}>{formatBytes(progress.gpuBytes)}</Fact>
          )}
          <Fact name="">
            {t('run.pace', { rate: formatCount(Math.round(progress.samplesPerSecond)) })}
          </Fact>
        </>
      )}
    </Facts>
  )
}

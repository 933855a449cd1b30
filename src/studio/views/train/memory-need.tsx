import { Alert, Button, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TrainNeed } from '../../../protocol/training-messages'
import { lastToLearn } from '../../../training/learning-layers'
import type { WayThatFits } from '../../../training/run-need'
import { formatBytes, formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { obstacleOf } from './train-obstacle'
import { sentences } from '../../words/joining'

/** A moving setting is asked for once it rests. */
const REST_MS = 200

/** What the run would take of memory, how many samples go at once, and what fits where it does not. */
export function MemoryNeed() {
  const { t } = useTranslation('train')
  const need = useNeed()
  if (need === null) return null
  const { batchSize, bytes, fits, instead, piece, statistics, workers } = need
  const amount = formatBytes(bytes)
  return (
    <div aria-live="polite">
      {fits ? (
        <Text size="xs" c="dimmed">
          {sentences(
            t('need.fits', { amount }),
            piece < batchSize && t('run.piecesOf', { batch: batchSize, piece }),
            workers > 1 && t('run.workers', { count: workers }),
            piece < batchSize && statistics !== 'none' && t(`statistics.${statistics}`),
          )}
        </Text>
      ) : (
        <Alert color="yellow" variant="light" p="xs">
          <Text size="xs">{t('need.tooMuch', { amount })}</Text>
          {instead.map((way) =>
            way.kind === 'fewerFilters' ? (
              <Text key={way.kind} size="xs" mt={8}>
                {t('need.fewerFilters', { share: formatPercent(way.share, 0) })}
              </Text>
            ) : (
              <OtherWay key={way.kind} way={way} />
            ),
          )}
        </Alert>
      )}
    </div>
  )
}

/** Chooses the optimizer that remembers nothing of each weight, or as many of the last layers as fit. */
function OtherWay({ way }: { readonly way: Exclude<WayThatFits, { kind: 'fewerFilters' }> }) {
  const { t } = useTranslation('train')
  return (
    <Button
      mt={8}
      mr={8}
      size="xs"
      variant="default"
      onClick={() => {
        const { model, trainingSettings } = useStudio.getState()
        commands.changeTrainingSettings(
          way.kind === 'plainSgd'
            ? { ...trainingSettings, optimizer: 'sgd', momentum: 0 }
            : { ...trainingSettings, layers: lastToLearn(model?.layers ?? [], way.count) },
        )
      }}
    >
      {way.kind === 'plainSgd' ? t('need.plainSgd') : t('need.lastLayers', { count: way.count })}
    </Button>
  )
}

/** null: nothing can be trained, or it is not known yet. */
function useNeed(): TrainNeed | null {
  const recipe = useStudio((state) => state.recipe)
  const settings = useStudio((state) => state.trainingSettings)
  const data = useStudio((state) => state.data)
  const ready = useStudio((state) => state.engine.state === 'ready' && obstacleOf(state) === null)
  const [need, setNeed] = useState<TrainNeed | null>(null)
  useEffect(() => {
    if (!ready) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      commands.trainingNeed({ recipe, settings }, abort.signal).then(
        (found) => {
          if (!abort.signal.aborted) setNeed(found)
        },
        () => {
          // A run says the same with a reason.
          if (!abort.signal.aborted) setNeed(null)
        },
      )
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [recipe, settings, data, ready])
  return ready ? need : null
}

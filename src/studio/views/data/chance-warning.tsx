import { Alert, Button, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { onlySide } from '../../../core/output-columns'
import { exchangedClasses } from '../../../data/exchanged-classes'
import { picturePreparation } from '../../../data/data-settings'
import type { DataSummary } from '../../../protocol/data-messages'
import type { AccuracyEvent } from '../../../protocol/measure-messages'
import { formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { TrialTable } from './trial-table'
import { sentences } from '../../words/joining'

/**
 * When the original does no better than guessing, or takes classes for each other: says so, and searches for what is wrong
 * with the question.
 */
export function ChanceWarning({ data }: { readonly data: DataSummary }) {
  const { t } = useTranslation('page')
  const original = useStudio((state) => state.originalMeasure)
  const outputs = useStudio((state) => onlySide(state.model?.outputs[0]?.shape ?? []))
  const named = useStudio((state) => state.outputNames !== null)
  const trial = useStudio((state) => state.trial)
  const measured = original?.type === 'accuracy' ? original : null
  const guessed = measured !== null && isNearChance(measured, Math.max(2, outputs ?? 2))
  const exchanged = exchangedClasses(measured?.confusion ?? [])
  const showsPictures = picturePreparation(data.settings) !== null
  const mapping = data.own?.reading.mapping
  const placed = mapping?.guessed === true && mapping.slots.some(({ how }) => how === 'place')
  const possible =
    showsPictures || data.classOrders.length > 1 || (named && data.classNames.length > 0)
  // A model that really takes two for one another is asked nothing about their order where there is no other.
  const suspicious = guessed || (exchanged > 0 && data.classOrders.length > 1)
  useEffect(() => {
    if (suspicious && possible) void commands.searchOnce()
  }, [suspicious, possible])
  if (trial.state === 'idle' && !suspicious) return null
  return (
    <div>
      {suspicious && measured !== null && (
        <Alert color="yellow" variant="light" p="xs" mb={4}>
          <Text size="sm">
            {sentences(
              guessed
                ? t(showsPictures ? 'data.chance' : 'data.chanceNumbers', {
                    accuracy: formatPercent(measured.correct / measured.measured, 1),
                  })
                : t('data.exchanged', { classes: exchanged }),
              guessed && placed && t('data.chanceInputs'),
              trial.state === 'running' && t('data.chanceSearch'),
            )}
          </Text>
          {possible && trial.state !== 'running' && (
            <Button
              size="compact-sm"
              mt={6}
              variant={trial.state === 'idle' ? 'filled' : 'default'}
              onClick={() => {
                void commands.tryPreparations()
              }}
            >
              {t('data.try')}
            </Button>
          )}
        </Alert>
      )}
      {trial.state !== 'idle' && <TrialTable data={data} trial={trial} />}
    </div>
  )
}

/** Within three standard errors of one in `classes`, or not half as good again. */
function isNearChance({ correct, measured, total }: AccuracyEvent, classes: number): boolean {
  if (measured < total || measured === 0) return false
  const chance = 1 / classes
  const error = Math.sqrt((chance * (1 - chance)) / measured)
  return correct / measured <= Math.max(1.5 * chance, chance + 3 * error)
}

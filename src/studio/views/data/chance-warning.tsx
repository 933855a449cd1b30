import { Alert, Button, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { onlySide } from '../../../core/output-columns'
import type { DataSummary } from '../../../protocol/data-messages'
import type { AccuracyEvent } from '../../../protocol/measure-messages'
import { formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { TrialTable } from './trial-table'
import { sentences } from '../../words/joining'

/** When the original does no better than guessing: says so, and searches for what is wrong with the question. */
export function ChanceWarning({ data }: { readonly data: DataSummary }) {
  const { t } = useTranslation('page')
  const original = useStudio((state) => state.originalMeasure)
  const outputs = useStudio((state) => onlySide(state.model?.outputs[0]?.shape ?? []))
  const named = useStudio((state) => state.outputNames !== null)
  const trial = useStudio((state) => state.trial)
  const suspicious =
    original?.type === 'accuracy' && isNearChance(original, Math.max(2, outputs ?? 2))
  const possible =
    data.settings.preparation !== null ||
    data.classOrders.length > 1 ||
    (named && data.classNames.length > 0)
  useEffect(() => {
    if (suspicious && possible) void commands.searchOnce()
  }, [suspicious, possible])
  if (trial.state === 'idle' && !suspicious) return null
  return (
    <div>
      {suspicious && (
        <Alert color="yellow" variant="light" p="xs" mb={4}>
          <Text size="sm">
            {sentences(
              t('data.chance', {
                accuracy: formatPercent(original.correct / original.measured, 1),
              }),
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

import { Alert, Button, Group, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { scaleOf } from '../../../data/preparation'
import type { Preparation } from '../../../data/preparation'
import type { DataSummary, PreparationTrial } from '../../../protocol/data-messages'
import type { AccuracyEvent } from '../../../protocol/measure-messages'
import { formatCount, formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './data.module.css'

/** Asks whether the preparation is right when the original does no better than guessing. */
export function ChanceWarning({ data }: { readonly data: DataSummary }) {
  const { t } = useTranslation('page')
  const original = useStudio((state) => state.originalMeasure)
  const outputs = useStudio((state) => state.model?.outputs[0]?.shape.at(-1) ?? null)
  const trial = useStudio((state) => state.trial)
  // A model that has just lost its filters guesses, and the preparation is not to blame.
  const isCut = useStudio((state) => state.cutFrom !== null)
  const suspicious =
    !isCut && original?.type === 'accuracy' && isNearChance(original, Math.max(2, outputs ?? 2))
  const possible = data.settings.preparation !== null
  if (trial.state === 'idle' && !suspicious) return null
  return (
    <div>
      {suspicious && trial.state === 'idle' && (
        <Alert color="yellow" variant="light" p="xs">
          <Text size="sm">
            {t('data.chance', { accuracy: formatPercent(original.correct / original.measured, 1) })}
          </Text>
          {possible && (
            <Button
              size="compact-sm"
              mt={6}
              onClick={() => {
                void commands.tryPreparations()
              }}
            >
              {t('data.try')}
            </Button>
          )}
        </Alert>
      )}
      {trial.state !== 'idle' && (
        <Trials data={data} trials={trial.trials} running={trial.state === 'running'} />
      )}
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

interface TrialsProps {
  readonly data: DataSummary
  readonly trials: readonly PreparationTrial[]
  readonly running: boolean
}

function Trials({ data, trials, running }: TrialsProps) {
  const { t } = useTranslation('page')
  const last = trials.at(-1)
  const best = Math.max(0, ...trials.map(({ correct }) => correct))
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {t('data.tried', { count: formatCount(last?.measured ?? 0) })}
        </Text>
        {running && (
          <Button size="compact-xs" variant="default" onClick={commands.cancelTrial}>
            {t('data.trying', { done: last?.done ?? 0, total: last?.total ?? 0 })} ·{' '}
            {t('data.stop')}
          </Button>
        )}
      </Group>
      <Table fz="xs" withRowBorders={false} className={classes['trials'] ?? ''}>
        <Table.Tbody>
          {trials.map(({ preparation, correct, measured }) => (
            <Table.Tr key={JSON.stringify(preparation)} data-best={correct === best || undefined}>
              <Table.Td>
                <PreparationText preparation={preparation} />
              </Table.Td>
              <Table.Td>{formatPercent(correct / Math.max(1, measured), 1)}</Table.Td>
              <Table.Td>
                {samePreparation(preparation, data.settings.preparation) ? (
                  t('data.used')
                ) : (
                  <Button
                    size="compact-xs"
                    variant={correct === best ? 'filled' : 'default'}
                    onClick={() => {
                      void commands.configureData({ ...data.settings, preparation })
                    }}
                  >
                    {t('data.useThis')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function samePreparation(left: Preparation, right: Preparation | null): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

function PreparationText({ preparation }: { readonly preparation: Preparation }) {
  const { t } = useTranslation('page')
  const scale = scaleOf(preparation) ?? 'custom'
  const parts = [
    t(`data.scales.${scale}`),
    preparation.color === 'grey' ? '' : t(`data.colors.${preparation.color}`),
    t(`data.fits.${preparation.fit}`),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

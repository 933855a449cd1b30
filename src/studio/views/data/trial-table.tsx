import { Alert, Button, Group, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { picturePreparation, withTried } from '../../../data/data-settings'
import { scaleOf } from '../../../data/preparation'
import type { DataSummary } from '../../../protocol/data-messages'
import { formatCount, formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import type { TrialStatus } from '../../store/model-slice'
import { formatDuration } from '../../words/format-duration'
import classes from './data.module.css'
import { clearlyBest, trialRows } from '../../store/trial-rows'
import type { TrialRow } from '../../store/trial-rows'
import { clauses } from '../../words/joining'

/** So many ways are worth reading. */
const SHOWN = 6

interface TrialTableProps {
  readonly data: DataSummary
  readonly trial: Exclude<TrialStatus, { state: 'idle' }>
}

/** What the search for the right preparation and order of classes has found, and a button to use it. */
export function TrialTable({ data, trial }: TrialTableProps) {
  const { t } = useTranslation('page')
  const say = useWay()
  const rows = trialRows(trial.trials, data.settings)
  const best = trial.state === 'done' ? clearlyBest(rows) : null
  const present = rows.find(({ inUse }) => inUse)
  // What is in use stands beside what is better, however bad it is.
  const shown = rows.filter((row, place) => place < SHOWN || row.inUse)
  const last = trial.trials.at(-1)
  return (
    <div>
      {best !== null && present !== undefined && (
        <Alert color="green" variant="light" p="xs" role="status">
          <Text size="sm">
            {t('data.betterFound', {
              way: say(best),
              accuracy: formatPercent(best.accuracy, 1),
              count: formatCount(best.order.measured),
              present: formatPercent(present.accuracy, 1),
            })}
          </Text>
          <Button
            size="compact-sm"
            mt={6}
            onClick={() => {
              use(data, best)
            }}
          >
            {t('data.useBest')}
          </Button>
        </Alert>
      )}
      <Group justify="space-between" wrap="nowrap" mt={4}>
        <Text size="xs" c="dimmed">
          {last !== undefined &&
            t(picturePreparation(data.settings) === null ? 'data.triedOrders' : 'data.tried', {
              count: formatCount(last.orders[0]?.measured ?? 0),
            })}
          {trial.state === 'done' &&
            best === null &&
            present?.order.id !== undefined &&
            ` · ${t('data.noneBetter')}`}
        </Text>
        {trial.state === 'running' ? (
          <Button
            size="compact-xs"
            variant="default"
            className={classes['steady'] ?? ''}
            onClick={commands.cancelTrial}
          >
            {clauses(
              t('data.searching', { done: last?.done ?? 0, total: last?.total ?? '…' }),
              trial.msLeft !== null && t('data.left', { time: formatDuration(trial.msLeft) }),
            )}
            {` · ${t('data.stop')}`}
          </Button>
        ) : (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            className={classes['steady'] ?? ''}
            onClick={commands.closeTrial}
          >
            {t('data.closeSearch')}
          </Button>
        )}
      </Group>
      <Table fz="xs" withRowBorders={false} className={classes['trials'] ?? ''}>
        <Table.Tbody>
          {shown.map((row) => (
            <Table.Tr key={say(row)} data-best={row === best || undefined}>
              <Table.Td>{say(row)}</Table.Td>
              <Table.Td>{formatPercent(row.accuracy, 1)}</Table.Td>
              <Table.Td>
                {row.inUse ? (
                  t('data.used')
                ) : (
                  <Button
                    size="compact-xs"
                    variant={row === best ? 'filled' : 'default'}
                    onClick={() => {
                      use(data, row)
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
      {shown.length < rows.length && (
        <Text size="xs" c="dimmed">
          {t('data.worse', { count: rows.length - shown.length })}
        </Text>
      )}
    </div>
  )
}

function use({ settings }: DataSummary, { preparation, order }: TrialRow): void {
  void commands.configureData({ ...withTried(settings, preparation), classMap: order.map })
}

/** A way to show samples and to read answers, in words. */
function useWay(): (row: TrialRow) => string {
  const { t } = useTranslation('page')
  return ({ preparation, order }) => {
    const shown =
      preparation === null
        ? []
        : [
            t(`data.scales.${scaleOf(preparation) ?? 'custom'}`),
            preparation.color === 'grey' ? '' : t(`data.colors.${preparation.color}`),
            t(`data.fits.${preparation.fit}`),
          ]
    const classesAre =
      order.map === null
        ? ''
        : t('data.classesAre', { order: t(`reading.orders.${order.id}`).toLocaleLowerCase() })
    return clauses(...shown, classesAre)
  }
}

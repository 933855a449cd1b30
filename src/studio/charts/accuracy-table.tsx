import { Button } from '@mantine/core'
import { IconPin, IconPinFilled } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatPercent, formatSignificant } from '../../ui-kit/format-number'
import { isShareKind } from '../store/measures'
import type { AccuracyChartProps } from './accuracy-points'
import { ChartTable } from './chart-table'
import classes from './charts.module.css'

/** A coefficient, not a share: below zero for a model that is worse than the mean. */
function formatCoefficient(value: number): string {
  return formatSignificant(value, 4)
}

/** The original, the stages of case studies and every setting tried, each with a way back to it. */
export function AccuracyTable(
  props: Omit<AccuracyChartProps, 'path' | 'look' | 'floor' | 'onWhole'>,
) {
  const { rows, original, studies, shareName, sizeName, kind, describe, onUse, onStage } = props
  const { canPin, onPin, pinned } = props
  const { t } = useTranslation('charts')
  const { t: train } = useTranslation('train')
  const format = isShareKind(kind) ? formatPercent : formatCoefficient
  return (
    <ChartTable
      caption={t('accuracy.caption')}
      columns={[t('accuracy.settings'), sizeName, shareName, t('accuracy.use')]}
      rows={[
        ...(original === null
          ? []
          : [
              {
                key: 'original',
                cells: [t('original'), formatBytes(original.bytes), format(original.share), ''],
              },
            ]),
        ...studies.flatMap(({ id, points }) =>
          points.map(({ bytes, index, share, stage }) => {
            const name = train(`case.stages.${stage}`)
            return {
              key: `${id} ${stage}`,
              cells: [
                t('accuracy.study', { id, stage: name }),
                formatBytes(bytes),
                format(share),
                <Use
                  key="use"
                  settings={name}
                  onClick={() => {
                    onStage(id, index)
                  }}
                />,
              ],
            }
          }),
        ),
        ...rows.map((row) => ({
          key: row.key,
          cells: () => [
            describe(row.recipe),
            formatBytes(row.bytes),
            format(row.share),
            <>
              <Pin
                settings={describe(row.recipe)}
                isPinned={pinned.has(row.key)}
                disabled={!canPin && !pinned.has(row.key)}
                onClick={() => {
                  onPin(row.recipe)
                }}
              />
              {row.current ? (
                t('accuracy.current')
              ) : (
                <Use
                  settings={describe(row.recipe)}
                  onClick={() => {
                    onUse(row.recipe)
                  }}
                />
              )}
            </>,
          ],
        })),
      ]}
    />
  )
}

interface PinProps {
  readonly settings: string
  readonly isPinned: boolean
  readonly disabled: boolean
  readonly onClick: () => void
}

/** Plain, for there may be thousands. */
function Pin({ disabled, isPinned, onClick, settings }: PinProps) {
  const { t } = useTranslation('charts')
  const Icon = isPinned ? IconPinFilled : IconPin
  return (
    <button
      type="button"
      className={classes['pin']}
      aria-label={t('pin.pinNamed', { settings })}
      aria-pressed={isPinned}
      title={t(disabled ? 'pin.full' : isPinned ? 'pin.pinned' : 'pin.pin')}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={15} aria-hidden />
    </button>
  )
}

function Use({ settings, onClick }: { readonly settings: string; readonly onClick: () => void }) {
  const { t } = useTranslation('charts')
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={t('accuracy.useNamed', { settings })}
      onClick={onClick}
    >
      {t('accuracy.use')}
    </Button>
  )
}

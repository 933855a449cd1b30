import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { CSSProperties, KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { mapCell, mapColumns } from '../../../search/map-cells'
import type { MapColumn } from '../../../search/map-cells'
import type { LayerSensitivity } from '../../../search/sensitivity'
import { formatBytes, formatPercent, formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { layersIn } from '../../store/sensitivity-slice'
import { useStudio } from '../../store/store'
import { ErrorText } from '../../words/problem-alert'
import classes from './layer-map.module.css'

/** What each layer bears, as it becomes known; a cell that is clicked is done. */
export function LayerMap() {
  const { t } = useTranslation('small')
  const searches = useStudio((state) => state.makeSmall.state === 'running')
  const status = useStudio((state) => state.sensitivity)
  const isOfOthers = useStudio((state) => state.sensitivityOf !== state.recipe.trained)
  const isUnknown = status.state === 'none' || isOfOthers
  useEffect(() => {
    // A search brings it in by itself.
    if (isUnknown && !searches) void commands.findSensitivity()
  }, [isUnknown, searches])
  useEffect(
    () => () => {
      void commands.leaveSensitivity()
    },
    [],
  )
  const layers = isOfOthers ? [] : layersIn(status)
  return (
    <Stack gap={8}>
      <Text size="xs" c="dimmed">
        {t('map.note')} {layers.some(({ basis }) => basis === 'weights') && t('map.noInputs')}
      </Text>
      {status.state === 'running' && (
        <Group gap={8} wrap="nowrap">
          <Progress
            flex={1}
            value={(100 * status.done) / Math.max(1, status.total)}
            aria-label={t('map.progress', { done: status.done, total: status.total })}
          />
          {!searches && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                void commands.leaveSensitivity()
              }}
            >
              {t('map.cancel')}
            </Button>
          )}
        </Group>
      )}
      {status.state === 'failed' && <ErrorText error={status.error} />}
      {(status.state === 'left' || status.state === 'failed') && !searches && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            void commands.findSensitivity()
          }}
        >
          {t(status.state === 'left' ? 'map.goOn' : 'map.again')}
        </Button>
      )}
      {layers.length > 0 && <Grid layers={layers} />}
    </Stack>
  )
}

/** The cell that is told below. */
interface Said {
  readonly layer: string
  readonly column: MapColumn
}

interface Place {
  readonly row: number
  readonly column: number
}

/** Where each key leads from a cell. */
const moves: Readonly<Record<string, (from: Place, last: Place) => Place>> = {
  ArrowLeft: ({ row, column }) => ({ row, column: column - 1 }),
  ArrowRight: ({ row, column }) => ({ row, column: column + 1 }),
  ArrowUp: ({ row, column }) => ({ row: row - 1, column }),
  ArrowDown: ({ row, column }) => ({ row: row + 1, column }),
  Home: ({ row }) => ({ row, column: 0 }),
  End: ({ row }, { column }) => ({ row, column }),
}

/** A table in which one cell at a time can be reached: arrow keys move, Enter does it. */
function Grid({ layers }: { readonly layers: readonly LayerSensitivity[] }) {
  const { t } = useTranslation('small')
  const [at, setAt] = useState<Place>({ row: 0, column: 0 })
  const [said, setSaid] = useState<Said | null>(null)
  const words = useCellWords()
  // It may have become more since.
  const saidLayer = layers.find(({ layer }) => layer === said?.layer)
  const last = { row: layers.length - 1, column: mapColumns.length - 1 }
  const move = (event: KeyboardEvent<HTMLTableElement>): void => {
    const next = moves[event.key]?.(at, last)
    if (next === undefined) return
    event.preventDefault()
    const row = Math.max(0, Math.min(last.row, next.row))
    const column = Math.max(0, Math.min(last.column, next.column))
    setAt({ row, column })
    const cells = event.currentTarget.querySelectorAll<HTMLElement>('td')
    cells[row * mapColumns.length + column]?.focus()
  }
  return (
    <>
      <div className={classes['scroll']}>
        <table role="grid" aria-label={t('map.grid')} className={classes['map']} onKeyDown={move}>
          <thead>
            <tr>
              <th scope="col">{t('map.layer')}</th>
              {mapColumns.map((column) => (
                <th key={keyOf(column)} scope="col" aria-label={words.choice(column)}>
                  {column.bits === null
                    ? formatPercent(column.sparsity, 0)
                    : t('map.shortBits', { count: column.bits })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map((layer, row) => (
              <tr key={layer.layer}>
                <th scope="row" title={layer.layer}>
                  {layer.layer}
                </th>
                {mapColumns.map((column, index) => (
                  <MapTableCell
                    key={keyOf(column)}
                    layer={layer}
                    column={column}
                    isReached={at.row === row && at.column === index}
                    onSay={() => {
                      setSaid({ layer: layer.layer, column })
                    }}
                    onReach={() => {
                      setAt({ row, column: index })
                    }}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Text size="xs" className={classes['said'] ?? ''} aria-hidden>
        {saidLayer === undefined || said === null
          ? t('map.hint')
          : words.cell(saidLayer, said.column)}
      </Text>
    </>
  )
}

interface CellProps {
  readonly layer: LayerSensitivity
  readonly column: MapColumn
  readonly isReached: boolean
  readonly onSay: () => void
  readonly onReach: () => void
}

function MapTableCell({ layer, column, isReached, onReach, onSay }: CellProps) {
  const words = useCellWords()
  const found = mapCell(layer, column)
  if (found === null) return <td role="gridcell" tabIndex={isReached ? 0 : -1} aria-disabled />
  const text = words.cell(layer, column)
  const use = (): void => {
    void commands.useCell(layer.layer, found.cell)
  }
  const style = { '--moved': `${Math.round(100 * strength(found.cell.error))}%` } as CSSProperties
  return (
    <td
      role="gridcell"
      tabIndex={isReached ? 0 : -1}
      aria-label={text}
      style={style}
      onClick={() => {
        onReach()
        use()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        use()
      }}
      onFocus={() => {
        onReach()
        onSay()
      }}
      onMouseEnter={() => {
        onSay()
      }}
    >
      {short(100 * found.cell.error)}
    </td>
  )
}

function keyOf({ bits, sparsity }: MapColumn): string {
  return `${bits ?? 'float'} ${sparsity}`
}

/** From a hundred-thousandth on errors are shown, the larger the stronger. */
function strength(error: number): number {
  return error <= 0 ? 0 : 0.7 * Math.max(0, Math.min(1, 1 + Math.log10(error) / 5))
}

/** Per cent in two or three signs; the whole figure stands below. */
function short(percent: number): string {
  if (percent === 0) return '0'
  if (percent < 0.1) return '<.1'
  if (percent < 1) return percent.toFixed(1).replace(/^0/, '')
  return percent < 999 ? percent.toFixed(0) : '>1k'
}

/** Cells in words. */
function useCellWords() {
  const { t } = useTranslation('small')
  const choice = ({ bits, sparsity }: MapColumn): string =>
    bits === null
      ? t('map.zeros', { share: formatPercent(sparsity, 0) })
      : t('map.bits', { count: bits })
  return {
    choice,
    cell: (layer: LayerSensitivity, column: MapColumn): string => {
      const found = mapCell(layer, column)
      if (found === null) return ''
      const { cell, distance, saved } = found
      const facts = {
        ...{ layer: layer.layer, choice: choice(column), bytes: formatBytes(Math.abs(saved)) },
        error: formatPercent(cell.error, cell.error < 0.01 ? 3 : 1),
      }
      const tried =
        distance === null ? '' : t('map.tried', { distance: formatSignificant(distance, 2) })
      return `${t(saved < 0 ? 'map.more' : 'map.cell', facts)}${tried}.`
    },
  }
}

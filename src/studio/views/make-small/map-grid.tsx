import { Text } from '@mantine/core'
import { useState } from 'react'
import type { CSSProperties, KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { mapCell } from '../../../search/map-cells'
import type { MapColumn } from '../../../search/map-cells'
import type { LayerSensitivity } from '../../../search/sensitivity'
import { formatPercent } from '../../../ui-kit/format-number'
import { LongName } from '../../../ui-kit/long-name'
import { commands } from '../../commands/page-commands'
import classes from './layer-map.module.css'
import { useLayerName } from '../../words/use-layer-name'
import { useCellWords } from './use-cell-words'

/** predicted: how far outputs of layers are thought to move. measured: how far those of the model did. */
export type MapFigure = 'predicted' | 'measured'

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
export function MapGrid({
  columns,
  figure,
  layers,
}: {
  readonly columns: readonly MapColumn[]
  readonly figure: MapFigure
  readonly layers: readonly LayerSensitivity[]
}) {
  const { t } = useTranslation('small')
  const [at, setAt] = useState<Place>({ row: 0, column: 0 })
  const [said, setSaid] = useState<Said | null>(null)
  const words = useCellWords()
  const called = useLayerName()
  // It may have become more since.
  const saidLayer = layers.find(({ layer }) => layer === said?.layer)
  const last = { row: layers.length - 1, column: columns.length - 1 }
  const move = (event: KeyboardEvent<HTMLTableElement>): void => {
    const next = moves[event.key]?.(at, last)
    if (next === undefined) return
    event.preventDefault()
    const row = Math.max(0, Math.min(last.row, next.row))
    const column = Math.max(0, Math.min(last.column, next.column))
    setAt({ row, column })
    const cells = event.currentTarget.querySelectorAll<HTMLElement>('tbody td')
    cells[row * columns.length + column]?.focus()
  }
  return (
    <>
      <div className={classes['scroll']}>
        <table role="grid" aria-label={t('map.grid')} className={classes['map']} onKeyDown={move}>
          <thead>
            <tr>
              <td aria-hidden />
              {(['bits', 'zeros', 'filters'] as const).map((of) => {
                const span = columns.filter((column) => column.of === of).length
                return (
                  span > 0 && (
                    <th key={of} scope="colgroup" colSpan={span}>
                      {t(`map.of.${of}`)}
                    </th>
                  )
                )
              })}
            </tr>
            <tr>
              <th scope="col">{t('map.layer')}</th>
              {columns.map((column) => (
                <th key={keyOf(column)} scope="col" aria-label={words.choice(column)}>
                  {column.of === 'bits' ? column.value : formatPercent(column.value, 0)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map((layer, row) => (
              <tr key={layer.layer}>
                <th scope="row" title={layer.layer}>
                  <LongName>{called(layer.layer)}</LongName>
                </th>
                {columns.map((column, index) => (
                  <MapTableCell
                    key={keyOf(column)}
                    layer={layer}
                    column={column}
                    figure={figure}
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
  readonly figure: MapFigure
  readonly isReached: boolean
  readonly onSay: () => void
  readonly onReach: () => void
}

function MapTableCell({ layer, column, figure, isReached, onReach, onSay }: CellProps) {
  const words = useCellWords()
  const found = mapCell(layer, column)
  if (found === null) return <td role="gridcell" tabIndex={isReached ? 0 : -1} aria-disabled />
  const text = words.cell(layer, column)
  const stays = 'state' in found
  const use = (): void => {
    if (stays) return
    if (found.cell !== null) void commands.useCell(layer.layer, found.cell)
    else {
      void commands.useFilters(layer.layer, column.value).then(() => {
        document.getElementById('card-structure')?.scrollIntoView({ block: 'start' })
      })
    }
  }
  const moved = stays ? null : figure === 'predicted' ? found.error : found.distance
  const style = { '--moved': `${Math.round(100 * strength(moved ?? 0))}%` } as CSSProperties
  return (
    <td
      role="gridcell"
      tabIndex={isReached ? 0 : -1}
      aria-label={text}
      aria-disabled={stays || undefined}
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
      {moved === null
        ? '–'
        : short(figure === 'predicted' || layer.unit !== 'nats' ? 100 * moved : 1000 * moved)}
    </td>
  )
}

function keyOf({ of, value }: MapColumn): string {
  return `${of} ${value}`
}

/** From a hundred-thousandth on errors are shown, the larger the stronger. */
function strength(error: number): number {
  return error <= 0 ? 0 : 0.7 * Math.max(0, Math.min(1, 1 + Math.log10(error) / 5))
}

/** Per cent or thousandths in two or three signs; the whole figure stands below. */
function short(figure: number): string {
  if (figure === 0) return '0'
  if (figure < 0.1) return '<.1'
  if (figure < 1) return figure.toFixed(1).replace(/^0/, '')
  return figure < 999 ? figure.toFixed(0) : '>1k'
}

import { Switch, Text, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconFilter } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import { sharedPrefix } from '../../../core/short-names'
import { overriddenLayers } from '../../../techniques/overrides'
import { Folded } from '../../../ui-kit/folded'
import { formatBytes } from '../../../ui-kit/format-number'
import { useThrottled } from '../../../ui-kit/use-throttled'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { compactNumber } from '../../words/compact-number'
import { laterPart } from '../../words/later-part'
import { ChosenLayer } from './chosen-layer'
import { LayerHead } from './layer-head'
import classes from './layer-list.module.css'
import { LayerOverrides } from './layer-overrides'
import { useLearns } from './use-learns'
import { LayerRow, howOf } from './layer-row'
import type { ChooseHow } from './layer-row'
import { useLayerTable } from './layer-table'
import type { LayerTableRow } from './layer-table'
import { SelectMenu } from './select-menu'

const LIST_INTERVAL_MS = 150

/** Longer lists scroll by themselves and draw only the rows in view. */
const LONG = 80
const ROW_HEIGHT = 74

const LayerGraph = laterPart(async () => (await import('../layer-graph/layer-graph')).LayerGraph)

/** The inventory: every layer with its share of the model; choosing some narrows charts and controls to them. */
export const LayerList = memo(function LayerList() {
  const model = useStudio((state) => state.model)
  const { t } = useTranslation('page')
  // As wide as the style sheets think of a page with one column.
  const isNarrow = useMediaQuery('(max-width: 62em)')
  if (model === null) return null
  return (
    <section aria-label={t('layers.title')} className={classes['section']}>
      {isNarrow ? (
        <Folded title={t('layers.folded', { count: model.layers.length })}>
          <Layers model={model} titled={false} />
        </Folded>
      ) : (
        <Layers model={model} titled />
      )}
    </section>
  )
})

function Layers({ model, titled }: { readonly model: ModelSummary; readonly titled: boolean }) {
  const { t } = useTranslation('page')
  const order = useStudio((state) => state.layerOrder)
  const view = useStudio((state) => state.look.layers)
  const focus = useStudio((state) => state.focus)
  const [all, setAll] = useState(false)
  const [filter, setFilter] = useState('')
  const previews = useDeferredValue(
    useThrottled(
      useStudio((state) => state.weights?.value.layers),
      LIST_INTERVAL_MS,
    ),
  )
  const rows = useLayerTable({
    layers: model.layers,
    previews,
    order,
    filter,
    all,
    focus,
  })
  const choose = useChoice(rows)
  const { totals } = model
  const facts = {
    parameters: compactNumber(totals.parameters),
    bytes: formatBytes(totals.storedBytes),
  }
  return (
    <div>
      <LayerHead titled={titled} isList={view === 'list'} />
      <Text size="xs" c="dimmed" mb={6}>
        {totals.macs === null
          ? t('layers.totalsWithoutWork', facts)
          : t('layers.totals', { ...facts, macs: compactNumber(totals.macs) })}
      </Text>
      {view === 'graph' && (
        <LayerGraph
          model={model}
          previews={previews}
          focus={focus}
          onChoose={(layer, event) => {
            choose(layer, howOf(event))
          }}
          details={<ChosenLayer model={model} previews={previews} onChoose={choose} />}
        />
      )}
      {view === 'list' && (
        <>
          {model.layers.length > 6 && (
            <TextInput
              size="xs"
              mb={6}
              aria-label={t('layers.filter')}
              placeholder={t('layers.filter')}
              leftSection={<IconFilter size={14} />}
              value={filter}
              onChange={(event) => {
                setFilter(event.currentTarget.value)
              }}
            />
          )}
          <SelectMenu model={model} rows={rows} />
          <LayerOverrides model={model} />
          <Rows rows={rows} model={model} onChoose={choose} />
          {rows.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('layers.noneFound')}
            </Text>
          )}
          {model.layers.some((layer) => layer.parameters === 0) && (
            <Switch
              size="xs"
              mt="sm"
              label={t('layers.showAll', { count: model.layers.length })}
              checked={all}
              onChange={(event) => {
                setAll(event.currentTarget.checked)
              }}
            />
          )}
        </>
      )}
    </div>
  )
}

interface RowsProps {
  readonly rows: readonly LayerTableRow[]
  readonly model: ModelSummary
  readonly onChoose: (layer: string, how: ChooseHow) => void
}

function Rows({ rows, model, onChoose }: RowsProps) {
  const focus = useStudio((state) => state.focus)
  const recipe = useStudio((state) => state.recipe)
  const learnsNow = useLearns(model)
  const exceptions = useMemo(() => overriddenLayers(recipe), [recipe])
  const chosen = useMemo(() => new Set(focus), [focus])
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    // One that was chosen in the graph.
    list.current?.querySelector('[data-chosen]')?.scrollIntoView({ block: 'nearest' })
  }, [])
  const prefix = useMemo(() => sharedPrefix(model.layers.map(({ name }) => name)), [model])
  const rowOf = ({ layer, preview }: LayerTableRow) => (
    <LayerRow
      layer={layer}
      prefix={prefix}
      preview={preview}
      share={layer.parameters / Math.max(1, model.totals.parameters)}
      chosen={chosen.has(layer.name)}
      isOpen={focus.length === 1 && focus[0] === layer.name}
      isException={exceptions.has(layer.name)}
      learns={learnsNow(layer.name)}
      onChoose={onChoose}
    />
  )
  if (rows.length > LONG) return <LongRows rows={rows} chosen={chosen} rowOf={rowOf} />
  return (
    <ul ref={list} className={classes['list']}>
      {rows.map((row) => (
        <li key={row.layer.name}>{rowOf(row)}</li>
      ))}
    </ul>
  )
}

interface LongRowsProps {
  readonly rows: readonly LayerTableRow[]
  readonly chosen: ReadonlySet<string>
  readonly rowOf: (row: LayerTableRow) => ReactNode
}

function LongRows({ rows, chosen, rowOf }: LongRowsProps) {
  const list = useRef<HTMLUListElement>(null)
  // oxlint-disable-next-line react/incompatible-library -- nothing memoized reads what it returns
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.layer.name ?? index,
    overscan: 6,
  })
  const begin = useRef(rows.findIndex(({ layer }) => chosen.has(layer.name)))
  useEffect(() => {
    if (begin.current >= 0) virtual.scrollToIndex(begin.current, { align: 'center' })
  }, [virtual])
  return (
    <ul ref={list} className={classes['long']} tabIndex={0}>
      <li aria-hidden style={{ height: virtual.getTotalSize() }} className={classes['space']} />
      {virtual.getVirtualItems().map(({ index, key, start }) => {
        const row = rows[index]
        return row === undefined ? null : (
          <li
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            aria-posinset={index + 1}
            aria-setsize={rows.length}
            className={classes['placed']}
            style={{ transform: `translateY(${start}px)` }}
          >
            {rowOf(row)}
          </li>
        )
      })}
    </ul>
  )
}

/** How clicks choose: one, one more, or all up to it, in the order that is shown. */
function useChoice(rows: readonly LayerTableRow[]): (layer: string, how: ChooseHow) => void {
  const last = useRef<string | null>(null)
  return useCallback(
    (layer, how) => {
      const { focus } = useStudio.getState()
      const names = rows
        .filter((row) => row.layer.parameters > 0 || row.layer.name === layer)
        .map((row) => row.layer.name)
      const from = last.current === null ? -1 : names.indexOf(last.current)
      const to = names.indexOf(layer)
      if (how === 'upTo' && from >= 0) {
        commands.focusLayers(names.slice(Math.min(from, to), Math.max(from, to) + 1))
        return
      }
      last.current = layer
      const without = focus.filter((name) => name !== layer)
      if (how === 'also')
        commands.focusLayers(without.length < focus.length ? without : [...focus, layer])
      else commands.focusLayers(focus.length === 1 && focus[0] === layer ? [] : [layer])
    },
    [rows],
  )
}

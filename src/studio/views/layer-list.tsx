import { NativeSelect, Switch, Text } from '@mantine/core'
import { memo, useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LayerSummary } from '../../core/model-summary'
import type { LayerPreview } from '../../protocol/messages'
import { TermText } from '../../techniques/term-text.ui'
import { Fact, Facts } from '../../ui-kit/fact'
import { formatBytes, formatCompact, formatCount, formatPercent } from '../../ui-kit/format-number'
import { useThrottled } from '../../ui-kit/use-throttled'
import { commands } from '../studio-commands'
import { useStudio } from '../store/store'
import { layerOrders } from '../store/view-slice'
import type { LayerOrder } from '../store/view-slice'
import { LayerGroup } from './layer-group'
import classes from './layer-list.module.css'

const LIST_INTERVAL_MS = 150

/** The inventory: every layer with its share of the model; choosing one narrows charts and facts. */
export const LayerList = memo(function LayerList() {
  const { t } = useTranslation('page')
  const model = useStudio((state) => state.model)
  const order = useStudio((state) => state.layerOrder)
  const setOrder = useStudio((state) => state.setLayerOrder)
  const focusLayer = useStudio((state) => state.focusLayer)
  const [all, setAll] = useState(false)
  const layers = useDeferredValue(
    useThrottled(
      useStudio((state) => state.weights?.value.layers),
      LIST_INTERVAL_MS,
    ),
  )
  const previews = useMemo(
    () => new Map((layers ?? []).map((layer) => [layer.name, layer])),
    [layers],
  )
  const rows = useMemo(
    () => sortLayers(model?.layers ?? [], previews, order, all),
    [model, previews, order, all],
  )
  if (model === null) return null
  const { totals } = model
  return (
    <section aria-label={t('layers.title')} className={classes['section']}>
      <div className={classes['head']}>
        <Text component="h2" fw={600} size="sm" m={0}>
          {t('layers.title')}
        </Text>
        <NativeSelect
          size="xs"
          aria-label={t('layers.order')}
          value={order}
          onChange={(event) => {
            const chosen = layerOrders.find((value) => value === event.currentTarget.value)
            if (chosen !== undefined) setOrder(chosen)
          }}
          data={layerOrders.map((value) => ({ value, label: t(`layers.orders.${value}`) }))}
        />
      </div>
      <Text size="xs" c="dimmed" mb={6}>
        {t('layers.totals', {
          parameters: formatCompact(totals.parameters),
          bytes: formatBytes(totals.storedBytes),
          macs: totals.macs === null ? t('layers.unknown') : formatCompact(totals.macs),
        })}
      </Text>
      <ul className={classes['list']}>
        {rows.map((layer) => (
          <LayerRow
            key={layer.name}
            layer={layer}
            preview={previews.get(layer.name)}
            share={layer.parameters / Math.max(1, totals.parameters)}
            chosen={layer.name === focusLayer}
          />
        ))}
      </ul>
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
    </section>
  )
})

function sortLayers(
  layers: readonly LayerSummary[],
  previews: ReadonlyMap<string, LayerPreview>,
  order: LayerOrder,
  all: boolean,
): readonly LayerSummary[] {
  const shown = all ? layers : layers.filter((layer) => layer.parameters > 0)
  if (order === 'model') return shown
  const key = (layer: LayerSummary): number => {
    const preview = previews.get(layer.name)
    switch (order) {
      case 'bytes':
        return -layer.storedBytes
      case 'macs':
        return -(layer.macs ?? 0)
      case 'sparsity':
        return -sparsityOf(layer, preview)
      case 'sqnr':
        return preview?.sqnrDb ?? Number.POSITIVE_INFINITY
    }
  }
  return [...shown].sort((a, b) => compare(key(a), key(b)))
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function sparsityOf(layer: LayerSummary, preview: LayerPreview | undefined): number {
  if (preview !== undefined && preview.weights > 0) return preview.zeros / preview.weights
  return layer.parameters === 0 ? 0 : layer.zeros / layer.parameters
}

interface LayerRowProps {
  readonly layer: LayerSummary
  readonly preview: LayerPreview | undefined
  readonly share: number
  readonly chosen: boolean
}

const LayerRow = memo(function LayerRow({ layer, preview, share, chosen }: LayerRowProps) {
  const { t } = useTranslation('page')
  const sparsity = sparsityOf(layer, preview)
  const shape =
    layer.outputShape
      ?.slice(1)
      .map((side) => side ?? '?')
      .join('×') ?? t('layers.unknown')
  return (
    <li className={classes['item']} data-chosen={chosen || undefined}>
      <button
        type="button"
        className={classes['row']}
        aria-pressed={chosen}
        onClick={() => {
          commands.focusLayer(chosen ? null : layer.name)
        }}
      >
        <span className={classes['name']}>{layer.name}</span>
        <span className={classes['bytes']}>{formatBytes(layer.storedBytes)}</span>
        <span className={classes['kind']}>
          {layer.className} · {shape}
        </span>
        <span className={classes['part']}>{formatPercent(share, share < 0.1 ? 1 : 0)}</span>
        <span className={classes['track']} aria-hidden>
          <span className={classes['share']} style={{ width: `${share * 100}%` }}>
            <span className={classes['zeros']} style={{ width: `${sparsity * 100}%` }} />
          </span>
        </span>
      </button>
      <span className={classes['live']}>
        <span>
          {t('layers.zeros')} <b>{formatPercent(sparsity, 1)}</b>
        </span>
        <span>
          <TermText id="sqnr" label={t('layers.sqnr')} />{' '}
          <b>
            {preview?.sqnrDb === null || preview === undefined
              ? t('layers.noError')
              : `${preview.sqnrDb.toFixed(1)}\u00A0dB`}
          </b>
        </span>
      </span>
      {chosen && <LayerFacts layer={layer} preview={preview} />}
    </li>
  )
})

function LayerFacts({ layer, preview }: Pick<LayerRowProps, 'layer' | 'preview'>) {
  const { t } = useTranslation('page')
  return (
    <div className={classes['facts']}>
      <Facts>
        <Fact name={t('layers.parameters')}>{formatCount(layer.parameters)}</Fact>
        <Fact name={t('layers.stored')}>{formatBytes(layer.storedBytes)}</Fact>
        <Fact name={t('layers.float32')}>{formatBytes(layer.float32Bytes)}</Fact>
        <Fact name={<TermText id="macs" label={t('layers.macs')} />}>
          {layer.macs === null ? t('layers.unknown') : formatCompact(layer.macs)}
        </Fact>
        {preview !== undefined && (
          <>
            <Fact name={t('layers.bits')}>
              {preview.bits === null ? t('layers.asFloat') : preview.bits}
            </Fact>
            <Fact name={t('layers.clipped')}>{formatCount(preview.clipped)}</Fact>
          </>
        )}
        {layer.tensors.map((tensor) => (
          <Fact key={tensor.spec.name} name={tensor.spec.role}>
            {tensor.spec.shape.join('×') || '1'} · {tensor.storedAs}
          </Fact>
        ))}
      </Facts>
      <LayerGroup layer={layer.name} />
    </div>
  )
}

import { Badge, Checkbox, Switch } from '@mantine/core'
import { memo } from 'react'
import type { MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { LayerSummary } from '../../../core/model-summary'
import { withoutPrefix } from '../../../core/short-names'
import type { LayerReport } from '../../../techniques/weights-report'
import { TermText } from '../../../techniques/term-text.ui'
import { Fact, Facts } from '../../../ui-kit/fact'
import { formatBytes, formatCount, formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { LayerGroup } from './layer-group'
import classes from './layer-list.module.css'
import { sparsityOf } from './layer-table'
import { OutputAxis } from './output-axis'
import { LongName } from '../../../ui-kit/long-name'
import { compactNumber } from '../../words/compact-number'

interface LayerRowProps {
  readonly layer: LayerSummary
  /** What its name begins with as nearly all do: read out, and not shown. */
  readonly prefix: string
  readonly preview: LayerReport | undefined
  readonly share: number
  readonly chosen: boolean
  /** The only one that is chosen: its facts are shown. */
  readonly isOpen: boolean
  /** It does something otherwise than the steps. */
  readonly isException: boolean
  /** Whether training moves it; null where all learn, or it has nothing to learn. */
  readonly learns: boolean | null
  readonly onChoose: (layer: string, how: ChooseHow) => void
}

/** alone: in the place of what was chosen; also: with it; upTo: with all between. */
export type ChooseHow = 'alone' | 'also' | 'upTo'

/** One layer: its share of the model, what the settings do to it, and a box to choose it with others. */
export const LayerRow = memo(function LayerRow(props: LayerRowProps) {
  const { layer, prefix, preview, share, chosen, isException, isOpen, learns, onChoose } = props
  const { t } = useTranslation('page')
  const sparsity = sparsityOf(layer, preview)
  const shown = withoutPrefix(layer.name, prefix)
  const shape =
    layer.outputShape
      ?.slice(1)
      .map((side) => side ?? '?')
      .join('×') ?? t('layers.unknown')
  return (
    <div className={classes['item']} data-chosen={chosen || undefined}>
      {layer.parameters > 0 && (
        <label className={classes['box']}>
          <Checkbox
            size="xs"
            aria-label={t('layers.choose', { layer: layer.name })}
            checked={chosen}
            onChange={() => {
              onChoose(layer.name, 'also')
            }}
          />
        </label>
      )}
      <button
        type="button"
        className={classes['row']}
        aria-pressed={chosen}
        onClick={(event) => {
          onChoose(layer.name, howOf(event))
        }}
      >
        <span className={classes['name']} title={layer.name}>
          {shown !== layer.name && <span className={classes['unseen']}>{prefix}</span>}
          <LongName>{shown}</LongName>
          {isException && (
            <Badge size="xs" variant="light" className={classes['badge'] ?? ''}>
              {t('layers.exception')}
            </Badge>
          )}
        </span>
        <span className={classes['bytes']}>{formatBytes(layer.storedBytes)}</span>
        <span className={classes['kind']}>
          <span className={classes['text']}>
            {layer.className} · {shape}
          </span>
          {layer.opaque && (
            <Badge size="xs" variant="outline" color="gray" className={classes['badge'] ?? ''}>
              {t('layers.opaque')}
            </Badge>
          )}
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
      {learns !== null && (
        <label className={classes['learns']}>
          <Switch
            size="xs"
            aria-label={t('layers.learnsNamed', { layer: layer.name })}
            checked={learns}
            onChange={(event) => {
              commands.letLearn([layer.name], event.currentTarget.checked)
            }}
          />
          {t(learns ? 'layers.learns' : 'layers.frozen')}
        </label>
      )}
      {isOpen && <LayerFacts layer={layer} preview={preview} />}
    </div>
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
          {layer.macs === null ? t('layers.unknown') : compactNumber(layer.macs)}
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
      {layer.tensors.map(({ spec }) => (
        <OutputAxis key={spec.name} spec={spec} />
      ))}
      <LayerGroup layer={layer.name} />
    </div>
  )
}

/** What a click means by the keys that are held. */
export function howOf({
  ctrlKey,
  metaKey,
  shiftKey,
}: Pick<MouseEvent, 'ctrlKey' | 'metaKey' | 'shiftKey'>): ChooseHow {
  return shiftKey ? 'upTo' : ctrlKey || metaKey ? 'also' : 'alone'
}

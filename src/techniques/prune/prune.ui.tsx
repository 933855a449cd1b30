import { SegmentedControl, Stack, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '../../ui-kit/fact'
import { Folded } from '../../ui-kit/folded'
import { formatCount, formatPercent, formatSignificant } from '../../ui-kit/format-number'
import { ValueSlider } from '../../ui-kit/value-slider'
import { OnOff, OwnNumber, Pair } from '../exception-fields.ui'
import type { ExceptionProps, PanelProps, TechniqueFace } from '../panel.ui'
import { TermText } from '../term-text.ui'
import { AskedAndGot } from './asked-and-got.ui'
import { EmptiedLayers } from './emptied-layers.ui'
import type { PruneConfig } from './prune.meta'

/** Beyond four standard deviations hardly a weight is left. */
const LARGEST_SIGMA_MULTIPLE = 4

const oneDecimal = (value: number) => value.toFixed(1)
const twoDecimals = (value: number) => value.toFixed(2)
const threeDigits = (value: number) => (value === 0 ? '0' : formatSignificant(value, 3))

/** Pruning of connections: three linked sliders, of which the last one moved leads. */
function PrunePanel({ config, facts, onDrag, onChange }: PanelProps<PruneConfig>) {
  const { t } = useTranslation('techniques')
  const resolved = facts.preview?.pruning ?? null
  const sigma = useSigma(resolved)
  const largest = sigma * LARGEST_SIGMA_MULTIPLE

  const shown = (target: PruneConfig['target']): number =>
    config.target === target ? config.value : (resolved?.[linkedField[target]] ?? 0)
  const lead = (target: PruneConfig['target'], value: number): PruneConfig => ({
    ...config,
    target,
    value,
  })
  const layer = facts.focus?.pruning ?? null

  return (
    <Stack gap={14}>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('prune.method')}
        value={config.method}
        onChange={(method) => {
          onChange({ ...config, method })
        }}
        data={[
          { value: 'magnitude', label: t('prune.magnitude') },
          { value: 'random', label: t('prune.random') },
        ]}
      />
      {config.method === 'random' && (
        <Text size="xs" c="dimmed">
          {t(`prune.randomRules.${config.randomRule}.text`)} <TermText id="random" />
        </Text>
      )}
      <ValueSlider
        name={t('prune.sparsity')}
        fieldName={t('prune.sparsityValue')}
        label={<TermText id="sparsity" label={t('prune.sparsity')} />}
        unit="%"
        min={0}
        max={99.5}
        step={0.5}
        format={oneDecimal}
        value={shown('sparsity') * 100}
        leading={config.target === 'sparsity'}
        onDrag={(value) => {
          onDrag(lead('sparsity', value / 100))
        }}
        onSettle={(value) => {
          onChange(lead('sparsity', value / 100))
        }}
      />
      <AskedAndGot config={config} facts={facts} />
      <EmptiedLayers config={config} facts={facts} onChange={onChange} />
      <ValueSlider
        name={t('prune.threshold')}
        fieldName={t('prune.thresholdValue')}
        label={<TermText id="threshold" label={t('prune.threshold')} />}
        min={0}
        max={largest}
        step={stepOf(largest)}
        format={threeDigits}
        value={shown('threshold')}
        leading={config.target === 'threshold'}
        onDrag={(value) => {
          onDrag(lead('threshold', value))
        }}
        onSettle={(value) => {
          onChange(lead('threshold', value))
        }}
      />
      <ValueSlider
        name={t('prune.sigma')}
        fieldName={t('prune.sigmaValue')}
        label={<TermText id="sigma" label={t('prune.sigma')} />}
        unit="σ"
        min={0}
        max={LARGEST_SIGMA_MULTIPLE}
        step={0.02}
        format={twoDecimals}
        value={shown('sigma')}
        leading={config.target === 'sigma'}
        onDrag={(value) => {
          onDrag(lead('sigma', value))
        }}
        onSettle={(value) => {
          onChange(lead('sigma', value))
        }}
      />
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('prune.scope')}
        value={config.scope}
        onChange={(scope) => {
          onChange({ ...config, scope })
        }}
        data={[
          { value: 'global', label: t('prune.global') },
          { value: 'perLayer', label: t('prune.perLayer') },
        ]}
      />
      <Switch
        size="sm"
        label={t('prune.dense')}
        checked={config.dense}
        onChange={(event) => {
          onChange({ ...config, dense: event.currentTarget.checked })
        }}
      />
      <Switch
        size="sm"
        label={t('prune.convolution')}
        checked={config.convolution}
        onChange={(event) => {
          onChange({ ...config, convolution: event.currentTarget.checked })
        }}
      />
      {facts.focus === null ? (
        <Text size="xs" c="dimmed">
          {t('prune.chooseLayer')}
        </Text>
      ) : (
        <Facts>
          {layer === null ? (
            <Fact name={facts.focus.name}>{t('prune.notTouched')}</Fact>
          ) : (
            <>
              <Fact name={t('prune.layerSum', { layer: facts.focus.name })}>
                {formatSignificant(layer.absoluteSum, 4)}
              </Fact>
              <Fact name={t('prune.layerAbove')}>
                {t('prune.ofWeights', {
                  count: formatCount(layer.aboveThreshold),
                  total: formatCount(facts.focus.weights),
                })}
              </Fact>
              <Fact name={t('prune.layerThreshold')}>
                {t('prune.layerThresholdValue', {
                  threshold: threeDigits(layer.threshold),
                  sigma: twoDecimals(layer.sigmaMultiple),
                  sparsity: formatPercent(layer.sparsity, 1),
                })}
              </Fact>
            </>
          )}
        </Facts>
      )}
      {config.method === 'random' && (
        <Folded title={t('advanced')}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t('prune.randomRule')}
            value={config.randomRule}
            onChange={(randomRule) => {
              onChange({ ...config, randomRule })
            }}
            data={[
              { value: 'matched', label: t('prune.randomRules.matched.label') },
              { value: 'literal', label: t('prune.randomRules.literal.label') },
            ]}
          />
        </Folded>
      )}
    </Stack>
  )
}

const linkedField = {
  threshold: 'threshold',
  sigma: 'sigmaMultiple',
  sparsity: 'sparsity',
} as const

/** Standard deviation behind the linked controls; kept while a zero threshold hides it. */
function useSigma(
  resolved: { readonly threshold: number; readonly sigmaMultiple: number } | null,
): number {
  const [kept, setKept] = useState(0.05)
  const found =
    resolved !== null && resolved.sigmaMultiple > 1e-6
      ? resolved.threshold / resolved.sigmaMultiple
      : kept
  if (Math.abs(found - kept) > kept * 1e-6) setKept(found)
  return found
}

/** About two hundred steps, at a round number. */
function stepOf(largest: number): number {
  return 10 ** Math.floor(Math.log10(Math.max(largest, 1e-6) / 100))
}

/** Whether chosen layers are pruned, and how much in the unit in which the step leads. */
function PruneExceptions({ config, own, onChange }: ExceptionProps<PruneConfig>) {
  const { t } = useTranslation('techniques')
  const isShare = config.target === 'sparsity'
  return (
    <Pair>
      <OnOff
        label={t('prune.label')}
        values={own.map(({ enabled }) => enabled)}
        onChange={(enabled) => {
          onChange({ enabled })
        }}
      />
      <OwnNumber
        label={t(`prune.exceptionValues.${config.target}`)}
        values={own.map(({ value }) => value)}
        follows={config.value}
        scale={isShare ? 100 : 1}
        {...(isShare ? { max: 100 } : {})}
        step={isShare ? 5 : 0.01}
        onChange={(value) => {
          onChange({ value })
        }}
      />
    </Pair>
  )
}

export const pruneFace: TechniqueFace<PruneConfig> = {
  Panel: PrunePanel,
  Exceptions: PruneExceptions,
  shortcut: null,
}

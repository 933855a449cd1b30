import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../core/model-summary'
import { kernelKinds } from '../../core/tensor-spec'
import { Fact, Facts } from '../../ui-kit/fact'
import { formatCount, formatSignificant } from '../../ui-kit/format-number'
import { ValueSlider } from '../../ui-kit/value-slider'
import { Choice, OnOff, Pair } from '../exception-fields.ui'
import type { ExceptionProps, PanelProps, TechniqueFace } from '../panel.ui'
import { TermText } from '../term-text.ui'
import { MAX_BITS } from './quantize.meta'
import type { QuantizeConfig } from './quantize.meta'
import { percentileSteps, rangeChoices } from './quantize-settings'
import { GroupFields } from './group-fields.ui'
import { sizesWith } from './group-sizes'
import { RangeFields } from './range-fields.ui'
import { SmallBitsFields } from './small-bits-fields.ui'

const marks = [1, 2, 4, 8, 16].map((value) => ({ value, label: String(value) }))
const whole = (value: number) => String(Math.round(value))

/** Quantization: how many bits, which levels they stand for, and one scale for how much. */
function QuantizePanel({ config, facts, onDrag, onChange }: PanelProps<QuantizeConfig>) {
  const { t } = useTranslation('techniques')
  const symmetricPossible = config.bits >= 2
  const layers = facts.preview?.layers ?? []
  const clipped = layers.reduce((sum, layer) => sum + layer.clipped, 0)

  return (
    <Stack gap={14}>
      <ValueSlider
        name={t('quantize.bits')}
        fieldName={t('quantize.bitsValue')}
        label={<TermText id="bits" label={t('quantize.bits')} />}
        min={1}
        max={MAX_BITS}
        step={1}
        marks={marks}
        format={whole}
        value={config.bits}
        onDrag={(bits) => {
          onDrag(withBits(config, bits))
        }}
        onSettle={(bits) => {
          onChange(withBits(config, bits))
        }}
      />
      <div>
        <SegmentedControl
          mt={14}
          fullWidth
          size="xs"
          aria-label={t('quantize.scheme')}
          value={config.scheme}
          onChange={(scheme) => {
            onChange({ ...config, scheme })
          }}
          data={[
            { value: 'affine', label: t('quantize.affine') },
            { value: 'linear', label: t('quantize.linear') },
            { value: 'mean', label: t('quantize.mean') },
          ]}
        />
        <Text size="xs" c="dimmed" mt={6}>
          {t(`quantize.schemes.${config.scheme}`)} <TermText id={config.scheme} />
        </Text>
        {config.scheme === 'linear' && (
          <Text size="xs" mt={4} c={facts.afterPruning ? 'var(--studio-threshold)' : 'dimmed'}>
            {facts.afterPruning ? t('quantize.linearMask') : t('quantize.linearZeros')}
          </Text>
        )}
      </div>
      {config.scheme === 'affine' && (
        <div>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t('quantize.symmetry')}
            value={config.symmetry}
            onChange={(symmetry) => {
              onChange({ ...config, symmetry })
            }}
            data={[
              { value: 'asymmetric', label: t('quantize.asymmetric') },
              {
                value: 'symmetric',
                label: t('quantize.symmetric'),
                disabled: !symmetricPossible,
              },
            ]}
          />
          {!symmetricPossible && (
            <Text size="xs" c="dimmed" mt={6}>
              {t('quantize.symmetricNeedsTwo')}
            </Text>
          )}
        </div>
      )}
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('quantize.granularity')}
        value={config.granularity}
        onChange={(granularity) => {
          onChange({ ...config, granularity })
        }}
        data={[
          { value: 'perTensor', label: t('quantize.perTensor') },
          { value: 'perChannel', label: t('quantize.perChannel') },
          { value: 'perGroup', label: t('quantize.perGroup', { size: config.groupSize }) },
        ]}
      />
      {config.granularity === 'perGroup' && <GroupFields config={config} onChange={onChange} />}
      <RangeFields config={config} onDrag={onDrag} onChange={onChange} />
      <Facts>
        <Fact name={<TermText id="clipped" label={t('quantize.clipped')} />}>
          {formatCount(clipped)}
        </Fact>
        {facts.focus !== null && (
          <Fact name={t('quantize.layerError', { layer: facts.focus.name })}>
            {facts.focus.sqnrDb === null
              ? t('quantize.noError')
              : t('quantize.layerErrorValue', {
                  mse: formatSignificant(facts.focus.mse, 3),
                  sqnr: facts.focus.sqnrDb.toFixed(1),
                })}
          </Fact>
        )}
      </Facts>
      <SmallBitsFields config={config} roles={facts.roles} onChange={onChange} />
    </Stack>
  )
}

/** One bit has no room for a sign, so a symmetric range becomes an asymmetric one. */
function withBits(config: QuantizeConfig, bits: number): QuantizeConfig {
  return { ...config, bits, symmetry: bits < 2 ? 'asymmetric' : config.symmetry }
}

const schemes = ['linear', 'affine', 'mean'] as const
const granularities = ['perTensor', 'perChannel', 'perGroup'] as const

/** How chosen layers are quantized otherwise. */
function QuantizeExceptions({ config, own, onChange }: ExceptionProps<QuantizeConfig>) {
  const { t } = useTranslation('techniques')
  const usesGroups = [config, ...own].some(({ granularity }) => granularity === 'perGroup')
  const usesPercentiles = own.some(({ range = config.range }) => range === 'percentile')
  // A recipe from elsewhere may ask for another one.
  const offered = [
    ...new Set([...percentileSteps, ...own.flatMap(({ percentile }) => percentile ?? [])]),
  ]
  return (
    <div>
      <Pair>
        <OnOff
          label={t('quantize.label')}
          values={own.map(({ enabled }) => enabled)}
          onChange={(enabled) => {
            onChange({ enabled })
          }}
        />
        <Choice
          label={t('quantize.bits')}
          values={own.map(({ bits }) => bits?.toString())}
          follows={String(config.bits)}
          options={Array.from({ length: MAX_BITS }, (_, index) => ({
            value: String(index + 1),
            label: String(index + 1),
          }))}
          onChange={(bits) => {
            onChange({ bits: bits === undefined ? undefined : Number(bits) })
          }}
        />
      </Pair>
      <Pair>
        <Choice
          label={t('quantize.scheme')}
          values={own.map(({ scheme }) => scheme)}
          follows={t(`quantize.exceptionSchemes.${config.scheme}`)}
          options={schemes.map((value) => ({
            value,
            label: t(`quantize.exceptionSchemes.${value}`),
          }))}
          onChange={(value) => {
            onChange({ scheme: schemes.find((one) => one === value) })
          }}
        />
        <Choice
          label={t('quantize.granularity')}
          values={own.map(({ granularity }) => granularity)}
          follows={t(`quantize.${config.granularity}`, { size: config.groupSize })}
          options={granularities.map((value) => ({
            value,
            label: t(`quantize.${value}`, { size: config.groupSize }),
          }))}
          onChange={(value) => {
            onChange({ granularity: granularities.find((one) => one === value) })
          }}
        />
      </Pair>
      {usesGroups && (
        <Pair>
          <Choice
            label={t('quantize.groupSize')}
            values={own.map(({ groupSize }) => groupSize?.toString())}
            follows={String(config.groupSize)}
            options={sizesWith(own.flatMap(({ groupSize }) => groupSize ?? [])).map((size) => ({
              value: String(size),
              label: String(size),
            }))}
            onChange={(value) => {
              onChange({ groupSize: value === undefined ? undefined : Number(value) })
            }}
          />
        </Pair>
      )}
      <Pair>
        <Choice
          label={t('quantize.range')}
          values={own.map(({ range }) => range)}
          follows={t(`quantize.ranges.${config.range}.label`)}
          options={rangeChoices.map((value) => ({
            value,
            label: t(`quantize.ranges.${value}.label`),
          }))}
          onChange={(value) => {
            onChange({ range: rangeChoices.find((one) => one === value) })
          }}
        />
        {usesPercentiles && (
          <Choice
            label={t('quantize.percentileOf')}
            values={own.map(({ percentile }) => percentile?.toString())}
            follows={String(config.percentile)}
            options={offered.map((value) => ({ value: String(value), label: String(value) }))}
            onChange={(value) => {
              onChange({ percentile: value === undefined ? undefined : Number(value) })
            }}
          />
        )}
      </Pair>
    </div>
  )
}

/** In the order of the model; the most sensitive layers of most networks. */
function firstAndLast({ layers }: ModelSummary): string[] {
  const kernels = layers.filter(
    ({ kind, parameters }) => parameters > 0 && kernelKinds.some((known) => known === kind),
  )
  return [...new Set([kernels[0]?.name, kernels.at(-1)?.name])].filter((name) => name !== undefined)
}

export const quantizeFace: TechniqueFace<QuantizeConfig> = {
  Panel: QuantizePanel,
  Exceptions: QuantizeExceptions,
  shortcut: { label: 'quantize.firstAndLast', layers: firstAndLast, changes: { bits: 8 } },
}

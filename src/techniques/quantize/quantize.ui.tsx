import { SegmentedControl, Stack, Switch, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '../../ui-kit/fact'
import { Folded } from '../../ui-kit/folded'
import { formatCount, formatSignificant } from '../../ui-kit/format-number'
import { ValueSlider } from '../../ui-kit/value-slider'
import type { PanelProps } from '../panel.ui'
import { TermText } from '../term-text.ui'
import { MAX_BITS } from './quantize.meta'
import type { QuantizeConfig } from './quantize.meta'

const marks = [1, 2, 4, 8, 16].map((value) => ({ value, label: String(value) }))
const whole = (value: number) => String(Math.round(value))

/** Quantization: how many bits, which levels they stand for, and one scale for how much. */
export function QuantizePanel({ config, facts, onDrag, onChange }: PanelProps<QuantizeConfig>) {
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
        ]}
      />
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
      <Folded title={t('advanced')}>
        <Switch
          size="sm"
          label={t('quantize.biases')}
          checked={config.biases}
          onChange={(event) => {
            onChange({ ...config, biases: event.currentTarget.checked })
          }}
        />
        <Switch
          size="sm"
          label={t('quantize.normalization')}
          checked={config.normalization}
          onChange={(event) => {
            onChange({ ...config, normalization: event.currentTarget.checked })
          }}
        />
        <Text size="xs" c="dimmed">
          {t('quantize.smallTensors')}
        </Text>
      </Folded>
    </Stack>
  )
}

/** One bit has no room for a sign, so a symmetric range becomes an asymmetric one. */
function withBits(config: QuantizeConfig, bits: number): QuantizeConfig {
  return { ...config, bits, symmetry: bits < 2 ? 'asymmetric' : config.symmetry }
}

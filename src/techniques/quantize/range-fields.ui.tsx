import { Box, SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ValueSlider } from '../../ui-kit/value-slider'
import type { PanelProps } from '../panel.ui'
import type { QuantizeConfig } from './quantize.meta'
import {
  autoRange,
  LEAST_ERROR_BELOW,
  LEAST_PERCENTILE,
  percentileSteps,
  rangeChoices,
} from './quantize-settings'

/** What is written under the slider: each leaves a tenth of the one before outside. */
const marked: readonly number[] = [99, 99.9, 99.99, 99.999]
const marks = percentileSteps.flatMap((step, value) =>
  marked.includes(step) ? [{ value, label: String(step) }] : [],
)

type RangeFieldsProps = Pick<PanelProps<QuantizeConfig>, 'config' | 'onDrag' | 'onChange'>

/** Where the levels end, and whether weights beyond are clipped for it. */
export function RangeFields({ config, onDrag, onChange }: RangeFieldsProps) {
  const { t } = useTranslation('techniques')
  return (
    <div>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('quantize.range')}
        value={config.range}
        onChange={(range) => {
          onChange({ ...config, range })
        }}
        data={rangeChoices.map((value) => ({ value, label: t(`quantize.ranges.${value}.label`) }))}
      />
      <Text size="xs" c="dimmed" mt={6}>
        {config.range === 'auto'
          ? t(`quantize.ranges.auto.${autoRange(config)}`, { below: LEAST_ERROR_BELOW })
          : t(`quantize.ranges.${config.range}.text`)}
      </Text>
      {config.range === 'percentile' && (
        <Box mt={14} mb={14}>
          <ValueSlider
            name={t('quantize.percentile')}
            fieldName={t('quantize.percentileValue')}
            min={LEAST_PERCENTILE}
            max={100}
            stops={percentileSteps}
            marks={marks}
            unit="%"
            format={String}
            value={config.percentile}
            onDrag={(percentile) => {
              onDrag({ ...config, percentile })
            }}
            onSettle={(percentile) => {
              onChange({ ...config, percentile })
            }}
          />
        </Box>
      )}
    </div>
  )
}

import { Box, SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ValueSlider } from '../../ui-kit/value-slider'
import type { PanelProps } from '../panel.ui'
import type { QuantizeConfig } from './quantize.meta'
import { autoRange, LEAST_ERROR_BELOW, rangeChoices } from './quantize-settings'

const twoDecimals = (value: number) => value.toFixed(2)
/** Of the slider; a recipe may say less. */
const LEAST_PERCENTILE = 95

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
        <Box mt={14}>
          <ValueSlider
            name={t('quantize.percentile')}
            fieldName={t('quantize.percentileValue')}
            min={LEAST_PERCENTILE}
            max={100}
            step={0.01}
            unit="%"
            format={twoDecimals}
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

import { SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { sizesWith } from './group-sizes'
import type { QuantizeConfig } from './quantize.meta'

/** How many inputs of an output channel share a scale, and where they cannot. */
export function GroupFields({
  config,
  onChange,
}: {
  readonly config: QuantizeConfig
  readonly onChange: (config: QuantizeConfig) => void
}) {
  const { t } = useTranslation('techniques')
  return (
    <div>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('quantize.groupSize')}
        value={String(config.groupSize)}
        onChange={(value) => {
          onChange({ ...config, groupSize: Number(value) })
        }}
        data={sizesWith([config.groupSize]).map(String)}
      />
      <Text size="xs" c="dimmed" mt={6}>
        {t('quantize.groupsText')}
      </Text>
    </div>
  )
}

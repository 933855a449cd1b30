import { NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { rangeMethods } from '../../../core/activation-range'
import type { ActivationSettings, ExportTarget } from '../../../core/model-summary'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'

/** How activations become codes of 8 bits: over which range, and of which type. */
export function ActivationChoice({ target }: { readonly target: ExportTarget }) {
  const { t } = useTranslation('page')
  const hasData = useStudio(({ data }) => data.state === 'attached')
  const { activations } = target
  if (activations === undefined) return null
  const change = (changes: Partial<ActivationSettings>): void => {
    commands.chooseTarget({ ...target, activations: { ...activations, ...changes } })
  }
  return (
    <Stack gap={8}>
      <NativeSelect
        size="sm"
        label={t('download.activations.range')}
        value={activations.range}
        data={rangeMethods.map((value) => ({
          value,
          label: t(`download.activations.ranges.${value}`),
        }))}
        onChange={({ currentTarget: { value } }) => {
          const range = rangeMethods.find((one) => one === value)
          if (range !== undefined) change({ range })
        }}
      />
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('download.activations.type')}
        value={activations.signed ? 'int8' : 'uint8'}
        onChange={(value) => {
          change({ signed: value === 'int8' })
        }}
        data={(['uint8', 'int8'] as const).map((value) => ({
          value,
          label: t(`download.activations.types.${value}`),
        }))}
      />
      <Text size="xs" c="dimmed">
        {sentences(
          t(`download.activations.about.${hasData ? 'data' : 'synthetic'}`),
          activations.signed && t('download.activations.about.int8'),
        )}
      </Text>
    </Stack>
  )
}

import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import '../../i18n/train-words'
import { useStudio } from '../../store/store'
import { useLayerName } from '../../words/use-layer-name'

/** Why work is no measure here, or what it leaves out. */
export function UncountedWork({ layer }: { readonly layer: string | null }) {
  const { t } = useTranslation('train')
  const model = useStudio((state) => state.model)
  const byWork = useStudio((state) => state.cutTarget.of === 'macs')
  const called = useLayerName()
  const opaque = model?.layers.filter((each) => each.opaque) ?? []
  const isOpen = model?.inputs.some(({ shape }) => shape.slice(1).includes(null)) === true
  if (layer === null && (!byWork || opaque.length === 0)) return null
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {layer === null
        ? t('cut.notCounted', { count: opaque.length, layer: called(opaque[0]?.name ?? '') })
        : isOpen && opaque.length === 0
          ? t('cut.workOpen')
          : t('cut.workUnknown', { layer: called(layer) })}
    </Text>
  )
}

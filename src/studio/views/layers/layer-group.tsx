import { Text } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import '../../i18n/train-words'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { listed, sentences } from '../../words/joining'
import { useLayerName } from '../../words/use-layer-name'

/** What must change with a layer when filters go, or why none of it may go. */
export function LayerGroup({ layer }: { readonly layer: string }) {
  const { t } = useTranslation('train')
  const group = useStudio((state) =>
    state.groups?.find(
      ({ producers, followers }) => producers.includes(layer) || followers.includes(layer),
    ),
  )
  const called = useLayerName()
  const known = useStudio((state) => state.groups !== null)
  useEffect(() => {
    if (!known) void commands.findGroups()
  }, [known])
  if (group === undefined) return null
  const { producers, followers, readers, channels, fixed } = group
  const others = [...producers, ...followers].filter((name) => name !== layer)
  return (
    <Text size="xs" c="dimmed" mt={6} role="note" aria-label={t('group.title')}>
      {sentences(
        fixed === null
          ? t('group.channels', { count: channels })
          : t(`group.fixed.${fixed.reason}`, { layer: called(fixed.layer) }),
        others.length > 0 && t('group.with', { names: listed(others.map(called)) }),
        fixed === null &&
          readers.length > 0 &&
          t('group.readers', { names: listed(readers.map(called)) }),
      )}
    </Text>
  )
}

import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../store/store'

/** What must change with a layer when filters go, or why none of it may go. */
export function LayerGroup({ layer }: { readonly layer: string }) {
  const { t } = useTranslation('page')
  const group = useStudio((state) =>
    state.groups?.find(
      ({ producers, followers }) => producers.includes(layer) || followers.includes(layer),
    ),
  )
  if (group === undefined) return null
  const { producers, followers, readers, channels, fixed } = group
  const others = [...producers, ...followers].filter((name) => name !== layer)
  return (
    <Text size="xs" c="dimmed" role="note" aria-label={t('layers.group.title')}>
      {fixed === null
        ? t('layers.group.channels', { count: channels })
        : t(`layers.group.fixed.${fixed.reason}`, { layer: fixed.layer })}
      {others.length > 0 && ` ${t('layers.group.with', { names: others.join(', ') })}`}
      {fixed === null &&
        readers.length > 0 &&
        ` ${t('layers.group.readers', { names: readers.join(', ') })}`}
    </Text>
  )
}

import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  countToLearn,
  lastOfChoice,
  lastToLearn,
  layersToLearn,
  withLayers,
} from '../../../training/learning-layers'
import { formatCount } from '../../../ui-kit/format-number'
import { ValueSlider } from '../../../ui-kit/value-slider'
import { useStudio } from '../../store/store'
import { isFound } from '../../words/is-found'
import type { GroupProps } from './compression-settings'
import { Segments } from './train-fields'
import { useLearningText } from './use-learning-text'

/** Which layers learn: all, or those that were chosen by depth, by name or in the layer list. */
export function LayerChoice({ settings, change }: GroupProps) {
  const { t } = useTranslation('train')
  const layers = useLayersToLearn()
  const text = useLearningText()
  const names = layers.map(({ name }) => name)
  if (names.length < 2) return null
  return (
    <Stack gap={8}>
      <Segments
        label={t('layers.title')}
        value={settings.layers === null ? 'all' : 'chosen'}
        data={[
          { value: 'all', label: t('layers.all') },
          { value: 'chosen', label: t('layers.chosen') },
        ]}
        onChange={(value) => {
          change({ layers: value === 'all' ? null : names })
        }}
      />
      {settings.layers !== null && (
        <>
          <Text size="xs" fw={600} aria-live="polite">
            {text}
          </Text>
          <ByDepth settings={settings} change={change} />
          <ByName settings={settings} change={change} />
          <Text size="xs" c="dimmed">
            {t('layers.note')}
          </Text>
        </>
      )}
    </Stack>
  )
}

function ByDepth({ settings, change }: GroupProps) {
  const { t } = useTranslation('train')
  const layers = useLayersToLearn()
  const most = countToLearn(layers)
  const choose = (count: number): void => {
    // Nothing learns of none.
    const last = Math.min(most, Math.max(1, Math.round(count)))
    change({ layers: lastToLearn(layers, last) })
  }
  return (
    <ValueSlider
      name={t('layers.depth')}
      fieldName={t('layers.depthValue')}
      value={lastOfChoice(layers, settings.layers)}
      min={0}
      max={most}
      format={formatCount}
      onDrag={choose}
      onSettle={choose}
    />
  )
}

function ByName({ settings, change }: GroupProps) {
  const { t } = useTranslation('train')
  const layers = useLayersToLearn()
  const [typed, setTyped] = useState('')
  const found = typed.trim() === '' ? [] : layers.filter((layer) => isFound(layer, typed))
  const set = (learn: boolean): void => {
    const names = layers.map(({ name }) => name)
    const changed = found.map(({ name }) => name)
    change({ layers: withLayers(names, settings.layers, changed, learn) })
  }
  return (
    <>
      <TextInput
        size="xs"
        label={t('layers.byName')}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
        }}
      />
      {typed.trim() !== '' && (
        <Group gap={8}>
          <Text size="xs" c="dimmed">
            {t('layers.found', { count: found.length })}
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            disabled={found.length === 0}
            onClick={() => {
              set(true)
            }}
          >
            {t('layers.learn')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            disabled={found.length === 0}
            onClick={() => {
              set(false)
            }}
          >
            {t('layers.freeze')}
          </Button>
        </Group>
      )}
    </>
  )
}

function useLayersToLearn() {
  const model = useStudio((state) => state.model)
  return useMemo(() => layersToLearn(model?.layers ?? []), [model])
}

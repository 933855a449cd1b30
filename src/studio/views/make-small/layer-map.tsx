import { Button, Group, Progress, SegmentedControl, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mapColumns } from '../../../search/map-cells'
import { formatCount } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { layersIn } from '../../store/sensitivity-slice'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'
import { ErrorText } from '../../words/problem-alert'
import { useErrorWords } from '../../words/use-error-words'
import { MapGrid } from './map-grid'
import type { MapFigure } from './map-grid'

/** What each layer bears, as it becomes known; a cell that is clicked is done. */
export function LayerMap() {
  const { t } = useTranslation('small')
  const searches = useStudio((state) => state.makeSmall.state === 'running')
  const status = useStudio((state) => state.sensitivity)
  const isOfOthers = useStudio((state) => state.sensitivityOf !== state.recipe.trained)
  const obstacle = useStudio((state) => state.model?.obstacles.cut ?? null)
  const say = useErrorWords()
  // A search looks at no filters, which nobody asked it for.
  const lacksFilters =
    status.state === 'known' &&
    obstacle === null &&
    status.table.layers.some(({ filters }) => filters === null)
  const isUnknown = status.state === 'none' || isOfOthers || lacksFilters
  useEffect(() => {
    // A search brings it in by itself.
    if (isUnknown && !searches) void commands.findSensitivity()
  }, [isUnknown, searches])
  useEffect(
    () => () => {
      void commands.leaveSensitivity()
    },
    [],
  )
  const layers = isOfOthers ? [] : layersIn(status)
  const [figure, setFigure] = useState<MapFigure>('predicted')
  const shown = status.state === 'known' ? status.table.shown : null
  const unit = layers.find((layer) => layer.unit !== null)?.unit ?? null
  const hasFilters = layers.some(({ filters }) => filters !== null)
  const columns = mapColumns.filter(({ of }) => of !== 'filters' || hasFilters)
  return (
    <Stack gap={8}>
      {unit !== null && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('map.figure')}
          value={figure}
          onChange={(value) => {
            setFigure(value === 'measured' ? 'measured' : 'predicted')
          }}
          data={[
            { value: 'predicted', label: t('map.predicted') },
            { value: 'measured', label: t(`map.measured.${unit}`) },
          ]}
        />
      )}
      <Text size="xs" c="dimmed">
        {sentences(
          figure === 'measured' && unit !== null
            ? t(`map.legend.${unit}`)
            : t('map.legend.predicted'),
          figure === 'measured' &&
            shown !== null &&
            t(`map.on.${shown.on}`, { samples: formatCount(shown.samples) }),
          // So few samples tell a distance, to which each of them adds, but not a share of right answers: most cells would
          // show none or a whole sample, of those that calibrate and that the model may have been trained on.
          figure === 'measured' &&
            unit === 'nats' &&
            shown !== null &&
            t('map.notPoints', {
              samples: formatCount(shown.samples),
              points: (100 / Math.max(1, shown.samples)).toFixed(2),
            }),
          t('map.note'),
          layers.some(({ basis }) => basis === 'weights') && t('map.noInputs'),
          obstacle !== null && t('map.noFilters', { why: say('message', obstacle) }),
        )}
      </Text>
      {status.state === 'running' && (
        <Group gap={8} wrap="nowrap">
          <Progress
            flex={1}
            value={(100 * status.done) / Math.max(1, status.total)}
            aria-label={t('map.progress', { done: status.done, total: status.total })}
          />
          {!searches && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                void commands.leaveSensitivity()
              }}
            >
              {t('map.cancel')}
            </Button>
          )}
        </Group>
      )}
      {status.state === 'failed' && <ErrorText error={status.error} />}
      {(status.state === 'left' || status.state === 'failed') && !searches && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            void commands.findSensitivity()
          }}
        >
          {t(status.state === 'left' ? 'map.goOn' : 'map.again')}
        </Button>
      )}
      {layers.length > 0 && <MapGrid columns={columns} figure={figure} layers={layers} />}
    </Stack>
  )
}

import { ActionIcon, Modal, NativeSelect, Skeleton, Text } from '@mantine/core'
import { IconArrowsMaximize } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import '../../i18n/graph-words'
import type { ModelSummary } from '../../../core/model-summary'
import { isCoding } from '../../../search/layer-coding'
import type { LayerReport } from '../../../techniques/weights-report'
import { graphMeasures } from '../../store/look-slice'
import { layersIn } from '../../store/sensitivity-slice'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'
import { GraphLegend } from './graph-legend'
import { GraphPane } from './graph-pane'
import type { ShownFigure } from './graph-pane'
import { graphValue, REFERENCE_BITS, shownBits, strengthEnds, strengthOf } from './graph-values'
import classes from './layer-graph.module.css'
import { useDrawing } from './use-drawing'
import { useGraphWords } from './use-graph-words'

interface LayerGraphProps {
  readonly model: ModelSummary
  /** undefined: none yet. */
  readonly previews: readonly LayerReport[] | undefined
  readonly focus: readonly string[]
  readonly onChoose: (layer: string, event: MouseEvent) => void
  /** What is said of the chosen layers, below the graph. */
  readonly details: ReactNode
}

/** The model as a graph: layers by where their values go, coloured by what they weigh, have lost or bear. */
export function LayerGraph({ model, previews, focus, onChoose, details }: LayerGraphProps) {
  const { t } = useTranslation('graph')
  const drawing = useDrawing(model)
  const [large, setLarge] = useState(false)
  const status = useStudio((state) => state.sensitivity)
  const recipe = useStudio((state) => state.recipe)
  const isOfOthers = useStudio((state) => state.sensitivityOf !== recipe.trained)
  const sensitivities = isOfOthers ? [] : layersIn(status)
  const wanted = useStudio((state) => state.look.graphMeasure)
  const colour = useStudio((state) => state.colourGraph)
  const offered = graphMeasures.filter((one) => one !== 'sensitivity' || sensitivities.length > 0)
  const measure = offered.find((one) => one === wanted) ?? 'bytes'
  const explained = measure === 'sensitivity' && !isCoding(recipe) ? 'sensitivityOff' : measure
  const words = useGraphWords(measure)
  const reports = new Map((previews ?? []).map((report) => [report.name, report]))
  const bears = new Map(sensitivities.map((one) => [one.layer, one]))
  const known = model.layers.map((layer) => {
    const bits = shownBits(recipe, layer.name)
    const preview = reports.get(layer.name)
    const sensitivity = bears.get(layer.name)
    return { bits, layer, value: graphValue(measure, { bits, layer, preview, sensitivity }) }
  })
  const ends = strengthEnds(
    measure,
    known.flatMap(({ value }) => value ?? []),
  )
  const readers = useMemo(() => readersOf(model), [model])
  const figures = new Map(
    known.map(({ bits, layer, value }): [string, ShownFigure] => [
      layer.name,
      {
        figure: value === null ? null : words.figure(value),
        strength: value === null ? null : strengthOf(value, ends),
        label: words.layer(layer, value, bits, readers.get(layer.name) ?? []),
      },
    ]),
  )
  if (drawing === undefined) return <Skeleton h={320} aria-label={t('loading')} role="status" />
  if (drawing === null)
    return (
      <Text size="sm" c="dimmed">
        {t('tooMany')}
      </Text>
    )
  const body = (
    <div className={classes['graph']} data-measure={measure} data-large={large || undefined}>
      <NativeSelect
        size="xs"
        label={t('colour')}
        value={measure}
        onChange={(event) => {
          const chosen = offered.find((one) => one === event.currentTarget.value)
          if (chosen !== undefined) colour(chosen)
        }}
        data={offered.map((value) => ({ value, label: t(`measures.${value}`) }))}
      />
      <GraphLegend
        ranges={words.ranges(ends)}
        hasOpaque={model.layers.some(({ opaque }) => opaque)}
      />
      {drawing.edges.length === 0 && model.layers.length > 1 && (
        <Text size="xs" c="dimmed">
          {t('noLinks')}
        </Text>
      )}
      <GraphPane
        key={model.id}
        model={model}
        drawing={drawing}
        figures={figures}
        focus={focus}
        onChoose={onChoose}
        more={
          !large && (
            <ActionIcon
              variant="default"
              aria-label={t('enlarge')}
              title={t('enlarge')}
              onClick={() => {
                setLarge(true)
              }}
            >
              <IconArrowsMaximize size={16} />
            </ActionIcon>
          )
        }
      />
      <Text size="xs" c="dimmed" className={classes['hint'] ?? ''} aria-hidden>
        {sentences(t(`explain.${explained}`, { bits: REFERENCE_BITS }), t('hint'))}
      </Text>
      <div className={classes['details']}>{details}</div>
    </div>
  )
  return large ? (
    <Modal
      opened
      fullScreen
      title={t('title', { model: model.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
      onClose={() => {
        setLarge(false)
      }}
    >
      {body}
    </Modal>
  ) : (
    body
  )
}

function readersOf({ layers }: ModelSummary): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>()
  for (const { name, inputs } of layers)
    for (const input of inputs) readers.set(input, [...(readers.get(input) ?? []), name])
  return readers
}

import {
  ActionIcon,
  Group,
  NativeSelect,
  ScrollArea,
  SegmentedControl,
  Skeleton,
  Text,
  useComputedColorScheme,
} from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../core/model-summary'
import { isCompressible } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { WeightPicture } from '../../core/weight-picture'
import { formatCount, formatPercent, formatSignificant } from '../../ui-kit/format-number'
import { commands } from '../commands/page-commands'
import { useStudio } from '../store/store'
import { useNewestAnswer } from '../../ui-kit/use-newest-answer'
import { ChartTable } from './chart-table'
import classes from './charts.module.css'
import { paintWeights, paletteOf } from './paint-weights'
import { pictureLayout } from './picture-layout'
import type { PictureCell } from './picture-layout'

interface Wanted {
  readonly tensor: string
  readonly from: number
}

/** The weights of one tensor as images, before and after; zeros have a colour of their own. */
export function WeightPictures({
  model,
  asTable,
}: {
  readonly model: ModelSummary
  readonly asTable: boolean
}) {
  const { t } = useTranslation('charts')
  const focus = useStudio((state) => state.focus)
  const recipe = useStudio((state) => state.recipe)
  const setPicture = useStudio((state) => state.setPicture)
  const [wanted, setWanted] = useState<Wanted>({ tensor: '', from: 0 })
  const [which, setWhich] = useState<'before' | 'after'>('after')
  const specs = useMemo(() => drawnTensors(model), [model])
  const tensor = tensorFor(specs, focus, wanted.tensor)?.name ?? null
  const from = tensor === wanted.tensor ? wanted.from : 0
  // An engine that was started anew is asked anew.
  const modelId = model.id
  const ask = useMemo(
    () =>
      tensor === null || modelId === ''
        ? null
        : async () => ({ tensor, value: await commands.picture({ recipe, tensor, from }) }),
    [tensor, from, recipe, modelId],
  )
  const answer = useNewestAnswer(ask)
  useEffect(() => {
    setPicture(answer)
  }, [answer, setPicture])
  const picture = answer?.tensor === tensor ? answer.value : null
  if (tensor === null)
    return (
      <Text c="dimmed" ta="center" py={48}>
        {t('pictures.none')}
      </Text>
    )
  return (
    <div className={classes['pictures']}>
      <Group gap={8} data-export="no">
        <NativeSelect
          size="xs"
          aria-label={t('pictures.tensor')}
          value={tensor}
          data={specs.map(({ name }) => name)}
          onChange={({ currentTarget: { value } }) => {
            setWanted({ tensor: value, from: 0 })
            const layer = specs.find(({ name }) => name === value)?.layerName
            if (layer !== undefined) commands.focusLayers([layer])
          }}
        />
        {!asTable && (
          <SegmentedControl
            size="xs"
            aria-label={t('pictures.which')}
            value={which}
            onChange={(value) => {
              setWhich(value === 'before' ? 'before' : 'after')
            }}
            data={[
              { value: 'after', label: t('compressed') },
              { value: 'before', label: t('original') },
            ]}
          />
        )}
        {picture !== null && picture.shown < picture.outputs && (
          <Pager
            picture={picture}
            onFrom={(first) => {
              setWanted({ tensor, from: first })
            }}
          />
        )}
      </Group>
      {picture === null ? (
        <Skeleton h={240} aria-label={t('loading')} />
      ) : asTable ? (
        <OutputTable picture={picture} />
      ) : (
        <Canvas picture={picture} which={which} tensor={tensor} />
      )}
    </div>
  )
}

function drawnTensors(model: ModelSummary): readonly TensorSpec[] {
  return model.layers.flatMap(({ tensors }) =>
    tensors.map(({ spec }) => spec).filter((spec) => isCompressible(spec)),
  )
}

/** What was asked for, unless other layers were chosen since; then the first of theirs. */
function tensorFor(
  specs: readonly TensorSpec[],
  focus: readonly string[],
  wanted: string,
): TensorSpec | undefined {
  const chosen = specs.filter(({ layerName }) => focus.includes(layerName))
  const among = chosen.length === 0 ? specs : chosen
  return among.find(({ name }) => name === wanted) ?? among[0]
}

function Pager({
  picture,
  onFrom,
}: {
  readonly picture: WeightPicture
  readonly onFrom: (from: number) => void
}) {
  const { t } = useTranslation('charts')
  const { from, outputs, shown } = picture
  return (
    <Group gap={4}>
      <ActionIcon
        variant="default"
        aria-label={t('pictures.earlier')}
        disabled={from === 0}
        onClick={() => {
          onFrom(Math.max(0, from - shown))
        }}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <Text size="xs" c="dimmed" component="span">
        {t('pictures.range', {
          from: formatCount(from + 1),
          to: formatCount(from + shown),
          outputs: formatCount(outputs),
        })}
      </Text>
      <ActionIcon
        variant="default"
        aria-label={t('pictures.later')}
        disabled={from + shown >= outputs}
        onClick={() => {
          onFrom(from + shown)
        }}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
    </Group>
  )
}

interface CanvasProps {
  readonly picture: WeightPicture
  readonly which: 'before' | 'after'
  readonly tensor: string
}

function Canvas({ picture, which, tensor }: CanvasProps) {
  const { t } = useTranslation('charts')
  const scheme = useComputedColorScheme('light')
  const canvas = useRef<HTMLCanvasElement>(null)
  const { ref, width: room } = useElementSize()
  const [pointed, setPointed] = useState<PictureCell | null>(null)
  const layout = useMemo(() => pictureLayout(picture, room), [picture, room])
  useEffect(() => {
    const { current } = canvas
    const context = current?.getContext('2d')
    if (current === null || context === null || context === undefined || room === 0) return
    current.width = layout.width
    current.height = layout.height
    const rgba = paintWeights(picture, which, layout, paletteOf(getComputedStyle(current)))
    context.putImageData(new ImageData(rgba, layout.width, layout.height), 0, 0)
  }, [layout, picture, room, scheme, which])
  const zeros = picture.rows.reduce(
    (sum, row) => sum + (which === 'before' ? row.zerosBefore : row.zerosAfter),
    0,
  )
  const weights = picture.rows.reduce((sum, row) => sum + row.weights, 0)
  return (
    <>
      <ScrollArea
        className={classes['canvasRoom'] ?? ''}
        type="auto"
        viewportProps={{ tabIndex: 0 }}
      >
        <div ref={ref}>
          <canvas
            ref={canvas}
            role="img"
            aria-label={t(`pictures.names.${picture.kind}`, {
              tensor,
              which: t(which === 'before' ? 'original' : 'compressed'),
              zeros: formatPercent(zeros / Math.max(1, weights), 1),
            })}
            className={classes['weightCanvas']}
            onPointerMove={({ clientX, clientY, currentTarget }) => {
              const box = currentTarget.getBoundingClientRect()
              const shrunk = currentTarget.width / box.width
              setPointed(
                layout.cellAt({
                  x: (clientX - box.left) * shrunk,
                  y: (clientY - box.top) * shrunk,
                }),
              )
            }}
            onPointerLeave={() => {
              setPointed(null)
            }}
          />
        </div>
      </ScrollArea>
      <Text size="xs" c="dimmed" className={classes['readout'] ?? ''}>
        {pointed === null ? t('pictures.point') : <Readout picture={picture} cell={pointed} />}
      </Text>
    </>
  )
}

function Readout({
  picture,
  cell,
}: {
  readonly picture: WeightPicture
  readonly cell: PictureCell
}) {
  const { t } = useTranslation('charts')
  const { column, index, input, output, row } = cell
  const [tall, wide] = picture.block
  return t(`pictures.cells.${picture.kind}`, {
    output: formatCount(output),
    input: formatCount(input),
    row,
    column,
    before: weight(picture.before[index]),
    after: weight(picture.after[index]),
    strongest: tall * wide > 1 ? t('pictures.strongest', { count: tall * wide }) : '',
  })
}

function weight(value = 0): string {
  return value === 0 ? '0' : formatSignificant(value, 3)
}

function OutputTable({ picture }: { readonly picture: WeightPicture }) {
  const { t } = useTranslation('charts')
  return (
    <ChartTable
      caption={t('pictures.caption')}
      columns={[
        t('pictures.output'),
        t('sparsity.weights'),
        t('pictures.zerosOriginal'),
        t('pictures.zerosCompressed'),
        t('pictures.normOriginal'),
        t('pictures.normCompressed'),
      ]}
      rows={picture.rows.map((row) => ({
        key: String(row.output),
        cells: [
          formatCount(row.output),
          formatCount(row.weights),
          formatCount(row.zerosBefore),
          formatCount(row.zerosAfter),
          formatSignificant(row.normBefore, 3),
          formatSignificant(row.normAfter, 3),
        ],
      }))}
    />
  )
}

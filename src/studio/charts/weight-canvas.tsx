import { ScrollArea, Text, useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WeightPicture } from '../../core/weight-picture'
import { formatCount, formatPercent, formatSignificant } from '../../ui-kit/format-number'
import classes from './charts.module.css'
import { paintWeights, paletteOf } from './paint-weights'
import { pictureLayout } from './picture-layout'
import type { PictureCell } from './picture-layout'

interface WeightCanvasProps {
  readonly picture: WeightPicture
  readonly which: 'before' | 'after'
  readonly tensor: string
}

/** Kernels or a heat map as pixels, and what is under the pointer in words. */
export function WeightCanvas({ picture, which, tensor }: WeightCanvasProps) {
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

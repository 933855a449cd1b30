import { Button, Text } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { centreDigit } from '../../../data/centre-digit'
import type { DrawnAnswers } from '../../../protocol/compare-messages'
import { commands } from '../../commands/page-commands'
import { dataKey } from '../../store/data-in'
import { useStudio } from '../../store/store'
import { useNewestAnswer } from '../../../ui-kit/use-newest-answer'
import { BothAnswers } from './both-answers'
import classes from './compare.module.css'
import { sentences } from '../../words/joining'

/** Pixels of the drawing; the model sees 28 x 28 of them, as MNIST was made. */
const SIDE = 280
const PEN = 22
/** A step of the pen by an arrow key. */
const KEY_STEP = 8

interface Place {
  readonly x: number
  readonly y: number
}

const arrows: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: -KEY_STEP, y: 0 },
  ArrowRight: { x: KEY_STEP, y: 0 },
  ArrowUp: { x: 0, y: -KEY_STEP },
  ArrowDown: { x: 0, y: KEY_STEP },
}

/** Draws a digit and shows what both models make of it, live while a slider moves. */
export function DrawingPad() {
  const { t } = useTranslation('compare')
  const canvas = useRef<HTMLCanvasElement>(null)
  const [digit, setDigit] = useState<Uint8Array | null>(null)
  const answers = useAnswers(digit)

  function stroke(from: Place, to: Place): void {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true })
    if (context === null || context === undefined) return
    context.lineWidth = PEN
    context.lineCap = 'round'
    context.strokeStyle = '#fff'
    context.beginPath()
    context.moveTo(from.x, from.y)
    context.lineTo(to.x, to.y)
    context.stroke()
    setDigit(centreDigit(context.getImageData(0, 0, SIDE, SIDE)))
  }

  function clear(): void {
    fillBlack(canvas.current)
    setDigit(null)
  }

  return (
    <section aria-label={t('pad.title')} className={classes['section']}>
      <Text component="h3" className={classes['heading'] ?? ''}>
        {t('pad.title')}
      </Text>
      <Text size="sm" c="dimmed">
        {sentences(t('pad.hint'), t('pad.keys'))}
      </Text>
      <div className={classes['pad']}>
        <div>
          <Pen canvas={canvas} onStroke={stroke} label={t('pad.canvas')} />
          <div>
            <Button
              size="xs"
              variant="default"
              mt={6}
              leftSection={<IconEraser size={14} />}
              onClick={clear}
            >
              {t('pad.clear')}
            </Button>
          </div>
        </div>
        {answers === null ? (
          <Text size="sm" c="dimmed">
            {t('pad.empty')}
          </Text>
        ) : (
          <BothAnswers answers={answers} />
        )}
      </div>
    </section>
  )
}

/** A fresh canvas is transparent, which is white on paper; digits are white on black. */
function fillBlack(canvas: HTMLCanvasElement | null): void {
  const context = canvas?.getContext('2d', { willReadFrequently: true })
  if (context === null || context === undefined) return
  context.fillStyle = '#000'
  context.fillRect(0, 0, SIDE, SIDE)
}

interface PenProps {
  readonly canvas: React.RefObject<HTMLCanvasElement | null>
  readonly label: string
  readonly onStroke: (from: Place, to: Place) => void
}

function Pen({ canvas, label, onStroke }: PenProps) {
  const last = useRef<Place | null>(null)
  const [pen, setPen] = useState<Place>({ x: SIDE / 2, y: SIDE / 4 })
  const [down, setDown] = useState(false)
  useEffect(() => {
    fillBlack(canvas.current)
  }, [canvas])

  function placeOf({ clientX, clientY, currentTarget }: PointerEvent<HTMLCanvasElement>): Place {
    const { height, left, top, width } = currentTarget.getBoundingClientRect()
    return { x: ((clientX - left) / width) * SIDE, y: ((clientY - top) / height) * SIDE }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault()
      setDown(!down)
      if (!down) onStroke(pen, pen)
      return
    }
    const step = arrows[event.key]
    if (step === undefined) return
    event.preventDefault()
    const inside = (value: number): number => Math.max(0, Math.min(SIDE, value))
    const next = { x: inside(pen.x + step.x), y: inside(pen.y + step.y) }
    setPen(next)
    if (down) onStroke(pen, next)
  }

  return (
    <div className={classes['paper']}>
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        tabIndex={0}
        role="application"
        aria-label={label}
        className={classes['canvas']}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setDown(false)
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          const place = placeOf(event)
          last.current = place
          onStroke(place, place)
        }}
        onPointerMove={(event) => {
          if (last.current === null) return
          const place = placeOf(event)
          onStroke(last.current, place)
          last.current = place
        }}
        onPointerUp={() => {
          last.current = null
        }}
        onPointerCancel={() => {
          last.current = null
        }}
      />
      <span
        aria-hidden
        className={classes['pen']}
        data-down={down || undefined}
        style={{ left: `${(100 * pen.x) / SIDE}%`, top: `${(100 * pen.y) / SIDE}%` }}
      />
    </div>
  )
}

/** Asked anew with every stroke, and with every setting, of the data as well. */
function useAnswers(digit: Uint8Array | null): DrawnAnswers | null {
  const recipe = useStudio((state) => state.recipe)
  const model = useStudio((state) => state.model)
  const key = useStudio((state) => dataKey(state.data))
  const ask = useMemo(
    () =>
      digit === null || model === null || key === ''
        ? null
        : () => commands.drawn(recipe, digit, new AbortController().signal),
    [digit, recipe, model, key],
  )
  return useNewestAnswer(ask)
}

import { useMediaQuery } from '@mantine/hooks'
import { useRef } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { usePlotArea } from 'recharts'
import { formatSignificant } from '../../ui-kit/format-number'

/** Width of what can be taken, in pixels; the line in its middle is thin. */
const GRIP = 22
const FINGER_GRIP = 44
/** Of an arrow key, as a share of the axis; with shift ten times as much. */
const STEP = 0.0025

interface ThresholdHandleProps {
  readonly threshold: number
  /** Of the axis, symmetric around zero. */
  readonly max: number
  readonly onDrag: (threshold: number) => void
  readonly onSettle: (threshold: number) => void
}

/** Both lines of the threshold can be taken: what lies between them is removed. */
export function ThresholdHandle({ threshold, max, onDrag, onSettle }: ThresholdHandleProps) {
  const { t } = useTranslation('charts')
  const area = usePlotArea()
  const held = useRef(false)
  const grip = useMediaQuery('(pointer: coarse)') ? FINGER_GRIP : GRIP
  if (area === undefined || max <= 0) return null
  const { height, width, x, y } = area
  const placeOf = (value: number): number => x + ((value + max) / (2 * max)) * width
  const inside = (value: number): number => Math.min(max, Math.max(0, value))

  function valueAt(event: PointerEvent<SVGRectElement>): number {
    const svg = event.currentTarget.ownerSVGElement?.getBoundingClientRect()
    const across = event.clientX - (svg?.left ?? 0) - x
    return inside(Math.abs((across / width) * 2 * max - max))
  }

  function onKeyDown(event: KeyboardEvent): void {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
    if (direction === undefined) return
    event.preventDefault()
    onSettle(inside(threshold + direction * STEP * max * (event.shiftKey ? 10 : 1)))
  }

  return [threshold, -threshold].map((value) => (
    <rect
      key={value > 0 ? 'right' : 'left'}
      x={placeOf(value) - grip / 2}
      y={y}
      width={grip}
      height={height}
      fill="transparent"
      cursor="ew-resize"
      style={{ touchAction: 'none' }}
      // One of the two is enough for the keyboard: they move together.
      {...(value > 0
        ? {
            role: 'slider',
            tabIndex: 0,
            'aria-label': t('weights.threshold'),
            'aria-valuemin': 0,
            'aria-valuemax': max,
            'aria-valuenow': threshold,
            'aria-valuetext': formatSignificant(threshold, 3),
            onKeyDown,
          }
        : { 'aria-hidden': true })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        held.current = true
      }}
      onPointerMove={(event) => {
        if (held.current) onDrag(valueAt(event))
      }}
      onPointerUp={(event) => {
        if (!held.current) return
        held.current = false
        onSettle(valueAt(event))
      }}
      onPointerCancel={() => {
        held.current = false
      }}
    />
  ))
}

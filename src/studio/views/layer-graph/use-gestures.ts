import { useEffect, useRef } from 'react'
import type { PointerEvent, RefObject } from 'react'
import type { Point } from '../../../layout/drawing'

/** So far a pointer that only clicks may slip, in CSS pixels. */
const SLIP = 4

interface Dragging {
  readonly start: Point
  readonly scroll: Point
  moved: boolean
}

/** Moving by a mouse that drags, zooming by a wheel with Ctrl and by two fingers; all else a pane does by itself. */
export function useGestures(
  pane: RefObject<HTMLDivElement | null>,
  scale: number,
  zoomTo: (scale: number, around: Point) => void,
) {
  const latest = useRef({ scale, zoomTo })
  useEffect(() => {
    latest.current = { scale, zoomTo }
  })
  useEffect(() => {
    const { current } = pane
    if (current === null) return
    const inPane = ({ x, y }: Point): Point => {
      const { left, top } = current.getBoundingClientRect()
      return { x: x - left, y: y - top }
    }
    const wheel = (event: WheelEvent): void => {
      // A pinch on a touchpad comes as a wheel with Ctrl.
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const step = Math.max(-60, Math.min(60, event.deltaY))
      latest.current.zoomTo(latest.current.scale * Math.exp(-step / 150), inPane(event))
    }
    let pinch: { readonly distance: number; readonly scale: number } | null = null
    const start = (event: TouchEvent): void => {
      const fingers = twoFingers(event)
      pinch = fingers && { distance: fingers.distance, scale: latest.current.scale }
    }
    const move = (event: TouchEvent): void => {
      const fingers = twoFingers(event)
      if (fingers === null || pinch === null) return
      if (event.cancelable) event.preventDefault()
      const wanted = (pinch.scale * fingers.distance) / Math.max(1, pinch.distance)
      latest.current.zoomTo(wanted, inPane(fingers.middle))
    }
    current.addEventListener('wheel', wheel, { passive: false })
    current.addEventListener('touchstart', start, { passive: true })
    current.addEventListener('touchmove', move, { passive: false })
    return () => {
      current.removeEventListener('wheel', wheel)
      current.removeEventListener('touchstart', start)
      current.removeEventListener('touchmove', move)
    }
  }, [pane])

  const drag = useRef<Dragging | null>(null)
  return {
    onPointerDown: ({ button, clientX, clientY, pointerType }: PointerEvent) => {
      const { current } = pane
      if (current === null || pointerType !== 'mouse' || button !== 0) return
      drag.current = {
        start: { x: clientX, y: clientY },
        scroll: { x: current.scrollLeft, y: current.scrollTop },
        moved: false,
      }
    },
    onPointerMove: ({ buttons, clientX, clientY, pointerId }: PointerEvent) => {
      const { current } = pane
      if (current === null || drag.current === null || buttons === 0) return
      const [x, y] = [clientX - drag.current.start.x, clientY - drag.current.start.y]
      if (!drag.current.moved && Math.hypot(x, y) < SLIP) return
      if (!drag.current.moved) current.setPointerCapture(pointerId)
      drag.current.moved = true
      current.scrollLeft = drag.current.scroll.x - x
      current.scrollTop = drag.current.scroll.y - y
    },
    onPointerUp: () => {
      // The click comes after it.
      if (drag.current?.moved === false) drag.current = null
    },
    onClickCapture: (event: { stopPropagation: () => void }) => {
      if (drag.current?.moved === true) event.stopPropagation()
      drag.current = null
    },
  }
}

function twoFingers({
  touches,
}: TouchEvent): { readonly distance: number; readonly middle: Point } | null {
  const [one, other] = [touches[0], touches[1]]
  if (one === undefined || other === undefined || touches.length !== 2) return null
  return {
    distance: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    middle: { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2 },
  }
}

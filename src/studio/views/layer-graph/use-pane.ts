import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'
import { box } from '../../../layout/drawing'
import type { Drawing, PlacedLayer, Point } from '../../../layout/drawing'

/** Around the drawing, in CSS pixels at any scale. */
export const MARGIN = 20
const SCALES = { least: 0.05, most: 2 } as const
/** What is drawn beyond the edges of the pane, so that nothing is missing while it scrolls. */
const BEYOND = 300
/** Scrolling is followed in steps of so many pixels. */
const STEP = 150

/** Names are too small to be read below it. */
export const READABLE = 0.6

/** The part of a drawing that is mounted, in its own pixels. */
export interface Seen {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** Of the pane, in CSS pixels. */
  readonly width: number
}

const nothing: Seen = { left: 0, top: 0, right: 0, bottom: 0, width: 0 }

/** A pane over a drawing: it scrolls by itself, as all panes do; the scale, and what is in view, are kept here. */
export function usePane(pane: RefObject<HTMLDivElement | null>, drawing: Drawing) {
  const [scale, setScale] = useState(1)
  const [seen, setSeen] = useState(nothing)
  /** A place of the drawing, and where in the pane it is to stand once the scale has changed. */
  const held = useRef<{ readonly at: Point; readonly in: Point } | null>(null)
  const now = useRef(scale)

  const look = useCallback(() => {
    const { current } = pane
    if (current === null) return
    const corner = cornerOf(current, drawing, now.current)
    const least = (value: number): number => Math.floor(value / STEP) * STEP
    const next = {
      left: (least(corner.x) - BEYOND) / now.current,
      top: (least(corner.y) - BEYOND) / now.current,
      right: (least(corner.x) + STEP + current.clientWidth + BEYOND) / now.current,
      bottom: (least(corner.y) + STEP + current.clientHeight + BEYOND) / now.current,
      width: current.clientWidth,
    }
    setSeen((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next))
  }, [drawing, pane])

  useEffect(() => {
    const { current } = pane
    if (current === null) return
    const resized = new ResizeObserver(look)
    resized.observe(current)
    current.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      resized.disconnect()
      current.removeEventListener('scroll', look)
    }
  }, [look, pane])

  /** @param around in pixels of the pane; its middle where nothing is said */
  const zoomTo = useCallback(
    (wanted: number, around?: Point) => {
      const { current } = pane
      if (current === null) return
      const next = Math.max(SCALES.least, Math.min(SCALES.most, wanted))
      const place = around ?? { x: current.clientWidth / 2, y: current.clientHeight / 2 }
      const corner = cornerOf(current, drawing, now.current)
      held.current = {
        at: { x: (corner.x + place.x) / now.current, y: (corner.y + place.y) / now.current },
        in: place,
      }
      now.current = next
      setScale(next)
    },
    [drawing, pane],
  )

  useLayoutEffect(() => {
    const { current } = pane
    if (current !== null && held.current !== null) {
      const { at, in: place } = held.current
      held.current = null
      current.scrollLeft = at.x * scale + edgeOf(current.clientWidth, drawing, scale) - place.x
      current.scrollTop = at.y * scale + MARGIN - place.y
    }
    look()
  }, [drawing, look, pane, scale])

  const fit = useCallback(() => {
    const { current } = pane
    if (current === null) return
    zoomTo(
      Math.min(
        1,
        (current.clientWidth - 2 * MARGIN) / Math.max(1, drawing.width),
        (current.clientHeight - 2 * MARGIN) / Math.max(1, drawing.height),
      ),
    )
  }, [drawing, pane, zoomTo])

  // It opens as wide as the pane, so that nothing is cut off, as long as it can be read.
  useLayoutEffect(() => {
    const { current } = pane
    if (current === null || current.clientWidth === 0) return
    const wide = (current.clientWidth - 2 * MARGIN) / Math.max(1, drawing.width)
    zoomTo(Math.max(READABLE, Math.min(1, wide)), { x: 0, y: 0 })
  }, [drawing, pane, zoomTo])

  /** Scrolls until a layer is in view: in its middle where it was not. */
  const reveal = useCallback(
    ({ x, y }: PlacedLayer) => {
      const { current } = pane
      if (current === null) return
      const left = x * now.current + edgeOf(current.clientWidth, drawing, now.current)
      const top = y * now.current + MARGIN
      const [width, height] = [box.width * now.current, box.height * now.current]
      const { clientHeight, clientWidth, scrollLeft, scrollTop } = current
      if (left < scrollLeft || left + width > scrollLeft + clientWidth)
        current.scrollLeft = left + width / 2 - clientWidth / 2
      if (top < scrollTop || top + height > scrollTop + clientHeight)
        current.scrollTop = top + height / 2 - clientHeight / 2
    },
    [drawing, pane],
  )

  return { scale, seen, edge: edgeOf(seen.width, drawing, scale), zoomTo, fit, reveal }
}

/** Where the drawing begins, from the left edge of what scrolls: in the middle where there is room. */
function edgeOf(width: number, drawing: Drawing, scale: number): number {
  return Math.max(MARGIN, (width - drawing.width * scale) / 2)
}

function cornerOf(pane: HTMLElement, drawing: Drawing, scale: number): Point {
  return {
    x: pane.scrollLeft - edgeOf(pane.clientWidth, drawing, scale),
    y: pane.scrollTop - MARGIN,
  }
}

import { useEffect } from 'react'
import type { RefObject } from 'react'

/**
 * Moves a strip of tabs that has no room for all of them so that the chosen one is seen, and nothing but the strip.
 * @param chosen changes with whatever may move the chosen one out of sight
 */
export function useChosenInView(strip: RefObject<HTMLElement | null>, chosen: string): void {
  useEffect(() => {
    const list = strip.current
    if (list === null) return
    // It is told of the size that is there now as well.
    const watch = new ResizeObserver(() => {
      const own = list.querySelector('[aria-selected=true]')?.getBoundingClientRect()
      if (own === undefined) return
      const { left, right } = list.getBoundingClientRect()
      if (own.left < left) list.scrollLeft -= left - own.left
      else if (own.right > right) list.scrollLeft += own.right - right
    })
    watch.observe(list)
    return () => {
      watch.disconnect()
    }
  }, [strip, chosen])
}

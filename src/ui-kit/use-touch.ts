import { useEffect, useMemo, useRef } from 'react'

/**
 * Tells the end of a touch after its last move. The slider says moves in the next frame and the end in the next
 * task: of a quick tap on a busy page the end came first, with the old value, and the tap was never settled.
 */
export function useTouch(onDrag: (value: number) => void, onSettle: (value: number) => void) {
  const handlers = useRef({ onDrag, onSettle })
  const state = useRef<{ touching: boolean; last: number | null; frame: number }>({
    touching: false,
    last: null,
    frame: 0,
  })
  useEffect(() => {
    handlers.current = { onDrag, onSettle }
  })
  useEffect(() => {
    const { current } = state
    return () => {
      cancelAnimationFrame(current.frame)
    }
  }, [])
  return useMemo(
    () => ({
      begins: () => {
        state.current.touching = true
        state.current.last = null
      },
      moves: (value: number) => {
        state.current.last = value
        handlers.current.onDrag(value)
      },
      ends: (value: number) => {
        const { current } = state
        // Keys settle at once.
        if (!current.touching) {
          handlers.current.onSettle(value)
          return
        }
        current.touching = false
        // Frames come in the order in which they were asked for, so the last move is before this one.
        current.frame = requestAnimationFrame(() => {
          handlers.current.onSettle(current.last ?? value)
        })
      },
    }),
    [],
  )
}

import { useEffect, useRef, useState } from 'react'

/**
 * What the engine says to the newest question. One question at a time: a newer one waits for the answer
 * before, so that answers keep coming while a slider moves.
 * @param ask the question, the same function as long as it is the same question; null: nothing is asked
 * @returns the last answer, also while a newer question waits; null until the first and without a question
 */
export function useNewestAnswer<Answer>(ask: (() => Promise<Answer>) | null): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const asking = useRef(false)
  const next = useRef<(() => void) | null>(null)
  useEffect(() => {
    if (ask === null) {
      next.current = null
      return
    }
    const start = (): void => {
      asking.current = true
      next.current = null
      ask()
        // The same question comes again with the next settings, whose errors are told elsewhere.
        .then(setAnswer, () => undefined)
        .finally(() => {
          asking.current = false
          next.current?.()
        })
    }
    if (asking.current) next.current = start
    else start()
    return () => {
      if (next.current === start) next.current = null
    }
  }, [ask])
  return ask === null ? null : answer
}

import { useEffect, useRef, useState } from 'react'

/** Follows a value at most once per interval, and always ends on the newest one. */
export function useThrottled<Value>(value: Value, intervalMs: number): Value {
  const [shown, setShown] = useState(value)
  const lastRef = useRef(0)
  useEffect(() => {
    const wait = lastRef.current + intervalMs - performance.now()
    const timer = setTimeout(
      () => {
        lastRef.current = performance.now()
        setShown(value)
      },
      Math.max(0, wait),
    )
    return () => {
      clearTimeout(timer)
    }
  }, [value, intervalMs])
  return shown
}

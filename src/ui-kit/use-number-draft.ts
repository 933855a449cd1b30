import { useState } from 'react'

interface NumberDraft {
  readonly value: number | string
  readonly onChange: (next: number | string) => void
  readonly onBlur: () => void
}

/** What is typed stands for as long as somebody is in the field, allowed or not: one that is left shows what counts. */
export function useNumberDraft(
  value: number,
  isAllowed: (next: number) => boolean,
  onChange: (next: number) => void,
): NumberDraft {
  const [draft, setDraft] = useState<number | string | null>(null)
  return {
    value: draft ?? value,
    onChange: (next) => {
      setDraft(next)
      if (typeof next === 'number' && isAllowed(next)) onChange(next)
    },
    // A number out of its limits was brought into them before this.
    onBlur: () => {
      setDraft(null)
    },
  }
}

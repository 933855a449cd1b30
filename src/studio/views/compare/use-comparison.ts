import { useEffect, useState } from 'react'
import type { StudioErrorData } from '../../../core/errors'
import type { Comparison } from '../../../protocol/compare-messages'
import type { Recipe } from '../../../techniques/recipe'
import { readEngineError } from '../../engine-link/engine-error'
import { commands } from '../../commands/page-commands'
import { dataKey } from '../../store/data-in'
import { useStudio } from '../../store/store'

interface Found {
  /** Of these settings. */
  readonly recipe: Recipe | null
  /** On this data, under its settings. */
  readonly key: string | null
  readonly comparison: Comparison | null
  readonly error: StudioErrorData | null
}

const nothing: Found = { recipe: null, key: null, comparison: null, error: null }

export interface ComparisonView {
  /** What is shown while newer settings are compared is the last that was found on this data. */
  readonly comparison: Comparison | null
  readonly isStale: boolean
  readonly error: StudioErrorData | null
}

/**
 * The samples that settings change the answer to, once those of the controls are settled and measured.
 * @param asked whose; null: those of the controls
 */
export function useComparison(asked: Recipe | null): ComparisonView {
  const committed = useStudio((state) => state.committed)
  const recipe = asked ?? committed
  const settled = useStudio((state) => state.phase === 'idle')
  const data = useStudio((state) => state.data)
  const key = dataKey(data)
  const [found, setFound] = useState<Found>(nothing)
  useEffect(() => {
    if (!settled || data.state !== 'attached') return
    const abort = new AbortController()
    const { signal } = abort
    commands.compare(recipe, signal).then(
      (comparison) => {
        if (!signal.aborted) setFound({ recipe, key, comparison, error: null })
      },
      (thrown: unknown) => {
        const error = readEngineError(thrown)
        if (!signal.aborted && error.code !== 'engine/cancelled')
          setFound((last) => ({
            recipe,
            key,
            comparison: last.key === key ? last.comparison : null,
            error: error.toData(),
          }))
      },
    )
    return () => {
      abort.abort()
    }
  }, [recipe, settled, data, key])
  const { comparison, error } = found.key === key ? found : nothing
  return { comparison, error, isStale: found.recipe !== recipe }
}

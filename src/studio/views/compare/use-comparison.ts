import { useEffect, useState } from 'react'
import type { StudioErrorData } from '../../../core/errors'
import type { Comparison } from '../../../protocol/compare-messages'
import type { Recipe } from '../../../techniques/recipe'
import { readEngineError } from '../../engine-link/engine-error'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'

interface Found {
  /** Of these settings. */
  readonly recipe: Recipe | null
  readonly comparison: Comparison | null
  readonly error: StudioErrorData | null
}

export interface ComparisonView {
  /** What is shown while newer settings are compared is the last that was found. */
  readonly comparison: Comparison | null
  readonly isStale: boolean
  readonly error: StudioErrorData | null
}

/** The samples that the settings change the answer to, once the settings are settled and measured. */
export function useComparison(): ComparisonView {
  const recipe = useStudio((state) => state.committed)
  const settled = useStudio((state) => state.phase === 'idle')
  const data = useStudio((state) => state.data)
  const [found, setFound] = useState<Found>({ recipe: null, comparison: null, error: null })
  useEffect(() => {
    if (!settled || data.state !== 'attached') return
    const abort = new AbortController()
    const { signal } = abort
    commands.compare(recipe, signal).then(
      (comparison) => {
        if (!signal.aborted) setFound({ recipe, comparison, error: null })
      },
      (thrown: unknown) => {
        const error = readEngineError(thrown)
        if (!signal.aborted && error.code !== 'engine/cancelled')
          setFound(({ comparison }) => ({ recipe, comparison, error: error.toData() }))
      },
    )
    return () => {
      abort.abort()
    }
  }, [recipe, settled, data])
  const { comparison, error } = found
  return { comparison, error, isStale: found.recipe !== recipe }
}

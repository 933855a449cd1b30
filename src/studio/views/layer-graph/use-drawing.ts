import { useEffect, useState } from 'react'
import type { ModelSummary } from '../../../core/model-summary'
import type { Drawing } from '../../../layout/drawing'
import { layOut } from './lay-out'

type Laid =
  | { readonly state: 'placed'; readonly drawing: Drawing | null }
  | { readonly state: 'failed'; readonly error: unknown }

/**
 * Where the layers of a model stand; undefined until that is known, null where there are too many.
 * @throws StudioError 'page/part-not-loaded'
 */
export function useDrawing(model: ModelSummary): Drawing | null | undefined {
  const [laid, setLaid] = useState<{ readonly of: ModelSummary['layers']; readonly to: Laid }>()
  const { layers } = model
  useEffect(() => {
    const leaving = new AbortController()
    const found = (to: Laid): void => {
      if (!leaving.signal.aborted) setLaid({ of: layers, to })
    }
    layOut(layers, leaving.signal).then(
      (drawing) => {
        found({ state: 'placed', drawing })
      },
      (error: unknown) => {
        found({ state: 'failed', error })
      },
    )
    return () => {
      leaving.abort()
    }
  }, [layers])
  if (laid?.of !== layers) return undefined
  if (laid.to.state === 'failed') throw laid.to.error
  return laid.to.drawing
}

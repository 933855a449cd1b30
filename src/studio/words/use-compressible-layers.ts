import { useMemo } from 'react'
import { isCompressible } from '../../core/tensor-spec'
import { useStudio } from '../store/store'

/** Names of the layers of the open model that can be compressed. */
export function useCompressibleLayers(): readonly string[] {
  const layers = useStudio((state) => state.model?.layers)
  return useMemo(
    () =>
      (layers ?? []).flatMap(({ name, tensors }) =>
        tensors.some(({ spec }) => isCompressible(spec)) ? name : [],
      ),
    [layers],
  )
}

import { useCallback, useMemo } from 'react'
import { sharedPrefix, withoutPrefix } from '../../core/short-names'
import { useStudio } from '../store/store'

/** A layer of the open model as the page calls it: without the folders that nearly all of its names share. */
export function useLayerName(): (layer: string) => string {
  const layers = useStudio((state) => state.model?.layers)
  const prefix = useMemo(() => sharedPrefix(layers?.map(({ name }) => name) ?? []), [layers])
  return useCallback((layer: string) => withoutPrefix(layer, prefix), [prefix])
}

import type { ModelGraph } from './graph'

/** Whether something in it computes with statistics of a batch while it trains. */
export function normalizes({ nodes }: Pick<ModelGraph, 'nodes'>): boolean {
  return nodes.some(({ op }) => op === 'batchNormalization')
}

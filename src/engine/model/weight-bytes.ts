import type { OpenedModel } from '../../formats/format'

/** Bytes of a model's weights as they are in memory. */
export function weightBytes({ weights }: Pick<OpenedModel, 'weights'>): number {
  return weights.reduce((sum, { values }) => sum + values.byteLength, 0)
}

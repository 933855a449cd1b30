import type { OpenedModel } from '../../formats/format'

/** Bytes of a model's weights as they are in memory. */
export function weightBytes({ weights }: Pick<OpenedModel, 'weights'>): number {
  return weights.reduce((sum, { values }) => sum + values.byteLength, 0)
}

/** Whether a model is so large that nothing of it should be there twice. */
export function isLarge(
  { opened }: { readonly opened: Pick<OpenedModel, 'weights'> },
  { environment }: { readonly environment: { readonly largeModelBytes: number } },
): boolean {
  return weightBytes(opened) > environment.largeModelBytes
}

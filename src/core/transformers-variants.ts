/**
 * The variants of a model that Transformers.js knows, by what it calls them (`dtype`), and how their files end
 * (`DEFAULT_DTYPE_SUFFIX_MAPPING` in its `utils/dtypes.js`).
 */
export const variantSuffixes = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const

export type VariantId = keyof typeof variantSuffixes

export const variantIds = Object.keys(variantSuffixes) as readonly VariantId[]

/** What is made where nobody chose: the one that pages take by themselves, the smallest, and the halves between them. */
export const usualVariants: readonly VariantId[] = ['fp16', 'q8', 'q4']

export function isVariantId(value: unknown): value is VariantId {
  return typeof value === 'string' && Object.hasOwn(variantSuffixes, value)
}

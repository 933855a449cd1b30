import { float16ToNumber, numberToFloat16 } from '../../core/float16'
import type { Precision } from '../../core/model-summary'
import type { VariantId } from '../../core/transformers-variants'
import type { ExportTensor } from '../../formats/exporter'
import type { OpenedModel } from '../../formats/format'
import type { QuantizeConfig } from '../../techniques/quantize/quantize.meta'
import { stepOf, withConfig } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

export type WrittenVariant = Exclude<VariantId, 'bnb4'>

/** Codes of a variant: bits that settings of the page may have for it, and what is taken where they have others. */
interface VariantCodes {
  readonly fewest: number
  readonly most: number
  readonly usual: Partial<QuantizeConfig>
}

const symmetric = { scheme: 'affine', symmetry: 'symmetric', overrides: {} } as const
const bytes = {
  ...symmetric,
  ...({ bits: 8, granularity: 'perChannel', range: 'minMax' } as const),
} as const
/** A scale for each channel: fewer bytes than blocks, and all runtimes of pages read it. */
const halfBytes = {
  ...symmetric,
  ...({ bits: 4, granularity: 'perChannel', range: 'mse' } as const),
} as const

const codes: Readonly<Record<WrittenVariant, VariantCodes | null>> = {
  fp32: null,
  fp16: null,
  q8: { fewest: 5, most: 8, usual: bytes },
  int8: { fewest: 8, most: 7, usual: bytes },
  uint8: { fewest: 8, most: 7, usual: { ...bytes, symmetry: 'asymmetric' } },
  q4: { fewest: 1, most: 4, usual: halfBytes },
  q4f16: { fewest: 1, most: 4, usual: halfBytes },
}

/**
 * The settings of a variant: those of the page, pruned and trained as they are, with its own codes. Codes of the page are
 * kept where they have the bits of the variant.
 */
export function variantRecipe(recipe: Recipe, id: WrittenVariant): Recipe {
  const wanted = codes[id]
  if (wanted === null) return withConfig(recipe, 'quantize', {}, false)
  const step = stepOf(recipe, 'quantize')
  const { fewest, most, usual } = wanted
  const isOwn = step?.enabled === true && fewest <= step.config.bits && step.config.bits <= most
  return isOwn ? recipe : withConfig(recipe, 'quantize', usual, true)
}

/** How the numbers of a variant are stored that are no codes. */
export function variantPrecision(id: WrittenVariant): Precision {
  return id === 'fp32' ? 'float32' : id === 'fp16' ? 'float16' : 'exact'
}

/** What is written: of a variant with halves all numbers that are no codes are rounded to those. */
export function variantTensors(
  { weights }: Pick<OpenedModel, 'weights'>,
  tensors: readonly ExportTensor[],
  id: WrittenVariant,
): readonly ExportTensor[] {
  if (id !== 'q4f16') return tensors
  return weights.map((weight, at) => {
    const tensor = tensors[at] ?? weight
    const { spec, values } = weight
    const isCodes = 'kind' in tensor ? tensor.kind !== 'float' : weight.held !== undefined
    if (isCodes || spec.dtype !== 'float32' || !(values instanceof Float32Array)) return tensor
    const own = 'kind' in tensor && tensor.kind === 'float' ? tensor.values : values
    const rounded = own.map((value) => float16ToNumber(numberToFloat16(value)))
    return { kind: 'float', spec, values: rounded }
  })
}

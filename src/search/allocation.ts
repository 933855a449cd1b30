import { defaultRecipe, withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import type { CellSettings, SmallCell } from './sensitivity'

/** What becomes of each layer, and of the small tensors of all. */
export interface Allocation {
  readonly layers: ReadonlyMap<string, CellSettings>
  readonly biases: SmallCell['as']
  readonly normalization: SmallCell['as']
  readonly corrected: boolean
}

/**
 * The settings of an allocation: the most frequent choice is the step's, every other one an exception of its layer.
 * @param base whose seed and weights are meant
 */
export function recipeOf(
  base: Pick<Recipe, 'seed' | 'trained'>,
  { layers, biases, normalization, corrected }: Allocation,
): Recipe {
  const start = untouched(base)
  const cells = [...layers]
  const coded = cells.filter(([, { bits }]) => bits !== null)
  const bits = mostFrequent(coded.map(([, cell]) => cell.bits ?? 8)) ?? 8
  const range = mostFrequent(coded.map(([, cell]) => cell.range ?? 'minMax')) ?? 'minMax'
  const pruned = cells.filter(([, { sparsity }]) => sparsity > 0)
  const sparsity = mostFrequent(pruned.map(([, cell]) => cell.sparsity)) ?? 0
  const withPruning = withConfig(
    start,
    'prune',
    {
      method: 'magnitude',
      target: 'sparsity',
      scope: 'perLayer',
      value: sparsity,
      overrides: exceptions(cells, (cell) =>
        cell.sparsity === 0
          ? { enabled: false }
          : cell.sparsity === sparsity
            ? null
            : { value: cell.sparsity },
      ),
    },
    pruned.length > 0,
  )
  const isCoded = coded.length > 0 || biases !== 'float' || normalization !== 'float'
  const withCodes = withConfig(
    withPruning,
    'quantize',
    {
      bits,
      range,
      biases,
      normalization,
      overrides: exceptions(cells, (cell) => {
        if (cell.bits === null) return { enabled: false }
        const ownRange = cell.range ?? 'minMax'
        if (cell.bits === bits && ownRange === range) return null
        return {
          ...(cell.bits === bits ? {} : { bits: cell.bits }),
          ...(ownRange === range ? {} : { range: ownRange }),
        }
      }),
    },
    isCoded,
  )
  return withConfig(withCodes, 'bias-correction', {}, corrected)
}

/** Nothing is done to the weights. */
export function untouched({ seed, trained }: Pick<Recipe, 'seed' | 'trained'>): Recipe {
  return { ...defaultRecipe, seed, ...(trained === undefined ? {} : { trained }) }
}

/** What puts biases right, and nothing to be put right. */
export const correctionAlone = withConfig(defaultRecipe, 'bias-correction', {}, true)

/** @param of null where a layer follows the step */
function exceptions<Override extends object>(
  cells: readonly (readonly [string, CellSettings])[],
  of: (cell: CellSettings) => Override | null,
): Record<string, Override> {
  const found: Record<string, Override> = {}
  for (const [layer, cell] of cells) {
    const own = of(cell)
    if (own !== null) found[layer] = own
  }
  return found
}

function mostFrequent<Value>(values: readonly Value[]): Value | null {
  const counts = new Map<Value, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let best: { readonly value: Value; readonly count: number } | null = null
  for (const [value, count] of counts)
    if (best === null || count > best.count) best = { value, count }
  return best?.value ?? null
}

import type { OverrideOf } from '../techniques/catalog'
import { withOverrides } from '../techniques/overrides'
import { isOn, stepOf, withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import type { CellSettings } from './sensitivity'

/**
 * Settings in which one layer does as a cell says, by an exception; all other layers do as before. A step that was off
 * is on for this layer alone.
 * @param sparsities of all layers that can be compressed, as they are now
 */
export function withCell(
  recipe: Recipe,
  layer: string,
  { bits, range, sparsity }: CellSettings,
  sparsities: ReadonlyMap<string, number>,
): Recipe {
  const others = [...sparsities.keys()].filter((name) => name !== layer)
  const coded =
    bits === null
      ? recipe
      : withBits(recipe, layer, { bits, ...(range === undefined ? {} : { range }) }, others)
  return sparsity === 0 ? coded : withSparsity(coded, layer, sparsity, sparsities)
}

function withBits(
  recipe: Recipe,
  layer: string,
  coded: Pick<OverrideOf<'quantize'>, 'bits' | 'range'>,
  others: readonly string[],
): Recipe {
  const start = isOn(recipe, 'quantize')
    ? recipe
    : withOverrides(
        withConfig(
          recipe,
          'quantize',
          { biases: 'float', normalization: 'float', overrides: {} },
          true,
        ),
        'quantize',
        others,
        { enabled: false },
      )
  return withOverrides(start, 'quantize', [layer], { ...coded, enabled: true })
}

function withSparsity(
  recipe: Recipe,
  layer: string,
  value: number,
  sparsities: ReadonlyMap<string, number>,
): Recipe {
  const start = isOn(recipe, 'prune')
    ? ledBySparsity(recipe, sparsities)
    : withConfig(
        recipe,
        'prune',
        { target: 'sparsity', dense: false, convolution: false, overrides: {} },
        true,
      )
  return withOverrides(start, 'prune', [layer], { value, enabled: true })
}

/** An exception has a value of the kind that leads: where that is none of sparsity, all layers are told as they are. */
function ledBySparsity(recipe: Recipe, sparsities: ReadonlyMap<string, number>): Recipe {
  const config = stepOf(recipe, 'prune')?.config
  if (config === undefined || config.target === 'sparsity') return recipe
  const overrides: Record<string, OverrideOf<'prune'>> = {}
  for (const [layer, value] of sparsities)
    overrides[layer] = {
      ...config.overrides[layer],
      ...(value > 0 ? { value } : { enabled: false }),
    }
  return withConfig(recipe, 'prune', {
    target: 'sparsity',
    value: 0.5,
    scope: 'perLayer',
    overrides,
  })
}

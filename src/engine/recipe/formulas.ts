import { StudioError } from '../../core/errors'
import { isCompressible } from '../../core/tensor-spec'
import type { FormulaRequest } from '../../protocol/recipe-messages'
import { weightFormulas } from '../../techniques/quantize/weight-formulas'
import type { WeightFormulas } from '../../techniques/quantize/weight-formulas'
import { stepOf, withConfig } from '../../techniques/recipe'
import type { WorkGround } from '../measure/work-ground'
import type { RecipeRunner } from './recipe-runner'

/**
 * One weight of the open model in the formulas of quantization, as it comes out of the steps before. Ends no preview.
 * @throws StudioError 'quantize/...'; 'engine/cancelled' when another model came between
 */
export async function formulasFor(
  ground: WorkGround,
  runner: RecipeRunner,
  { index, layer, recipe }: FormulaRequest,
  signal: AbortSignal,
): Promise<WeightFormulas | null> {
  const step = stepOf(recipe, 'quantize')
  const before = await runner.run(ground, withConfig(recipe, 'quantize', {}, false), signal)
  const tensor = before.tensors.find(({ spec }) => spec.layerName === layer && isCompressible(spec))
  if (tensor === undefined) throw new StudioError('engine/cancelled', {})
  return step === null ? null : weightFormulas(tensor, step.config, index)
}

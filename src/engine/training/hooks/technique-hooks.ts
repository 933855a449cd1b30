import type { TechniqueId } from '../../../techniques/catalog'
import { PruningHook } from '../../../techniques/prune/prune-hook.engine'
import { QuantizationHook } from '../../../techniques/quantize/quantize-hook.engine'
import type { HookGround, TrainingHook } from '../../../techniques/training-hook.engine'
import { pruningFor } from '../../../training/pruning-for'
import type { TrainingSettings } from '../../../training/training-settings'

type MakeHook = (ground: HookGround, settings: TrainingSettings) => TrainingHook

type Hooks = { readonly [Id in TechniqueId]: MakeHook | null }

/**
 * What each technique does to a run of training; null: nothing, its step works on the weights that come out.
 * A technique without a line here does not compile.
 */
export const techniqueHooks: Hooks = {
  prune: (ground, { epochs, pruning }) =>
    new PruningHook(ground, pruningFor(pruning, ground.recipe, epochs)),
  equalize: null,
  quantize: (ground, { quantization }) => new QuantizationHook(ground, quantization),
  'bias-correction': null,
}

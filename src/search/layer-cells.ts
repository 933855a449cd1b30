import { decode } from '../core/encoded-tensor'
import type { EncodedTensor } from '../core/encoded-tensor'
import type { WeightTensor } from '../core/weight-tensor'
import { createPipeline } from '../techniques/pipeline'
import type { WorkingTensor } from '../techniques/technique'
import { defaultRecipe } from '../techniques/recipe'
import { recipeOf } from './allocation'
import { sampleKernel } from './kernel-sample'
import { outputEnergy } from './output-error'
import type { Cell, CellSettings } from './sensitivity'

const cellBits = [2, 3, 4, 5, 6, 7, 8, null] as const
const cellSparsities = [
  0, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.625, 0.65, 0.675, 0.7, 0.725, 0.75, 0.775, 0.8, 0.825, 0.85,
  0.875, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99,
] as const

/**
 * A range that clips the rarest weights loses less; the whole one has larger steps, of which more come out as zero, and
 * takes fewer bytes. From 7 bits on the two are much the same.
 */
function rangesFor(bits: number | null): readonly CellSettings['range'][] {
  return bits === null ? [undefined] : bits <= 6 ? ['minMax', 'mse'] : ['minMax']
}

/** Every choice for a layer. */
export const allCells: readonly CellSettings[] = cellSparsities.flatMap((sparsity) =>
  cellBits.flatMap((bits) =>
    rangesFor(bits).map((range) => ({ bits, sparsity, ...(range === undefined ? {} : { range }) })),
  ),
)

/** The kernels of one layer, and what is known of its inputs. */
export interface LayerKernels {
  readonly layer: string
  readonly kernels: readonly WeightTensor[]
  /** E[x^2] of each input channel; null: not known. */
  readonly moments: Float64Array | null
}

/** Deflated bytes of a tensor in the chosen file, in place of the weight that has its name. */
export type StoredBytes = (tensor: EncodedTensor) => number

/**
 * All choices for a layer, one after the other, made by the steps themselves. Between two of them is a place to stop.
 * @param most weights of a kernel that are looked at
 * @throws StudioError what steps throw, such as 'quantize/non-finite'
 */
export function* layerCells(
  { layer, kernels, moments }: LayerKernels,
  storedBytes: StoredBytes,
  most: number,
): Generator<Cell, void, undefined> {
  const samples = kernels.map((kernel) => sampleKernel(kernel, moments, most))
  const pipeline = createPipeline(samples.map(({ weight }) => weight))
  for (const settings of allCells) yield cellOf(settings, runOn(settings))

  function runOn(settings: CellSettings): readonly WorkingTensor[] {
    const layers = new Map([[layer, settings]])
    const all = { layers, biases: 'float', normalization: 'float', corrected: false } as const
    return pipeline.runAll(recipeOf(defaultRecipe, all)).tensors
  }

  function cellOf(settings: CellSettings, made: readonly WorkingTensor[]): Cell {
    if (settings.bits === null && settings.sparsity === 0) return asItIs(settings)
    let [bytes, moved, whole] = [0, 0, 0]
    samples.forEach(({ rows, scale }, at) => {
      const encoded = made[at]?.encoded
      if (encoded === undefined) return
      bytes += scale * storedBytes(encoded)
      const energy = outputEnergy(rows, decode(encoded))
      moved += scale * energy.moved
      whole += scale * energy.whole
    })
    return { ...settings, bytes, error: whole === 0 ? 0 : moved / whole }
  }

  /** What the file held before costs what it costs there. */
  function asItIs(settings: CellSettings): Cell {
    const tensors = kernels.map(({ spec, values }) => ({ kind: 'float', spec, values }) as const)
    const bytes = tensors.reduce((sum, tensor) => sum + storedBytes(tensor), 0)
    return { ...settings, bytes, error: 0 }
  }
}

/** What is chosen with a cell, without what it costs. */
export function settingsOf({ bits, sparsity, range }: CellSettings): CellSettings {
  return { bits, sparsity, ...(range === undefined ? {} : { range }) }
}

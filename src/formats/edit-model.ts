import { elementCount } from '../core/tensor-spec'
import { zerosIn } from '../core/zeros-in'
import type { Between } from '../files/between'
import { editedGraph, keptSpec } from '../graph/edits'
import type { GraphEdit } from '../graph/edits'
import { keepIndices } from '../graph/keep-indices'
import type { OpenedModel, OpenedWeight } from './format'
import { formats } from './importers'

/**
 * The model as its edits leave it, in files of its own kind.
 * @param between told how many of all weights are done
 */
export async function editModel(
  model: OpenedModel,
  edits: readonly GraphEdit[],
  between: Between,
): Promise<OpenedModel> {
  const graph = editedGraph(model.graph, edits)
  const total = model.weights.reduce((sum, { spec }) => sum + elementCount(spec.shape), 0)
  const weights: OpenedWeight[] = []
  let done = 0
  for (const weight of model.weights) {
    const { name } = weight.spec
    const isGone = model.graph.parameters.has(name) && !graph.parameters.has(name)
    if (!isGone) weights.push(kept(weight, edits))
    done += elementCount(weight.spec.shape)
    await between(done, total)
  }
  const format = formats.find(({ id }) => id === model.format)
  return format?.edit({ before: model, edits, graph, weights }) ?? model
}

/** What is left of a weight lies in its file as all of it did: the same codes, or floats of as many bytes. */
function kept(weight: OpenedWeight, edits: readonly GraphEdit[]): OpenedWeight {
  const own = edits.flatMap((edit) =>
    edit.kind === 'keep' && edit.parameter === weight.spec.name ? [edit] : [],
  )
  if (own.length === 0) return weight
  return own.reduce<OpenedWeight>((left, { axis, indices }) => {
    // Codes with a scale for each channel are decoded: what is left of the weight are floats.
    const { held: _, ...rest } = left
    const { quantized, spec } = left
    const values = keepIndices(left.values, spec.shape, axis, indices)
    return {
      ...rest,
      ...{ spec: keptSpec(spec, axis, indices.length), values, zeros: zerosIn(values) },
      storedBytes: (left.storedBytes / left.values.length) * values.length,
      quantized: quantized && {
        ...quantized,
        codes: keepIndices(quantized.codes, spec.shape, axis, indices),
      },
    }
  }, weight)
}

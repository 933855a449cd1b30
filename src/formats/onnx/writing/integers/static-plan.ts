import { decodeRange } from '../../../../core/encoded-tensor'
import type { CalibrationFile, ExportTensor } from '../../../exporter'
import type { OpenedModel, OpenedWeight, RefillableFile } from '../../../format'
import { RefilledFile } from '../../../refilled-file'
import { newNode } from '../edited-node'
import { OpenGraph } from '../graph-editor'
import { activationPlaces } from './activation-places'
import type { ActivationPlaces } from './activation-places'
import { integerProducts } from './integer-products'
import type { IntegerProduct } from './integer-products'

/** What of a file kernels for whole numbers can compute. */
export interface StaticPlan {
  readonly graph: OpenGraph
  readonly products: readonly IntegerProduct[]
  readonly places: ActivationPlaces
}

const known = new WeakMap<RefillableFile, StaticPlan>()

export function staticPlan(skeleton: RefillableFile): StaticPlan {
  let plan = known.get(skeleton)
  if (plan === undefined) {
    const graph = new OpenGraph(skeleton)
    const products = integerProducts(graph)
    plan = { graph, products, places: activationPlaces(graph, products) }
    known.set(skeleton, plan)
  }
  return plan
}

/** A file that shows all values whose ranges a file with codes of activations needs. */
export function calibrationFile(
  { graph, places, products }: StaticPlan,
  model: OpenedModel,
  tensors: readonly ExportTensor[],
): CalibrationFile {
  // Of products with a bias the rank of what they are given counts.
  const ranked = products.flatMap(({ input, sum }) => (sum === null ? [] : [input]))
  const roots = [...new Set([...places.values(), ...ranked])]
  const fresh = graph.namer()
  const shown = new Map(roots.map((value) => [value, fresh(`${value}_shown`)]))
  const file = graph.changed({
    nodes: [
      ...graph.nodes.map(({ content }) => content),
      ...[...shown].map(([value, name]) => newNode('Identity', [value], [name])),
    ],
    replaced: new Map(),
    outputs: [...shown.values()],
  })
  const weights = model.weights.map((weight, index): OpenedWeight => {
    const tensor = tensors[index] ?? weight
    return { ...weight, values: valuesOf(tensor, weight) }
  })
  return { bytes: new RefilledFile(file, weights).bytes, shown }
}

/** Decoded. */
export function valuesOf(tensor: ExportTensor, { values }: OpenedWeight): OpenedWeight['values'] {
  return 'kind' in tensor ? decodeRange(tensor, 0, values.length) : values
}

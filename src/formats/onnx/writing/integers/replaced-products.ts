import type { StoredForm } from '../../../exporter'
import { editedNode, nameOfPlace } from '../edited-node'
import type { OpenGraph } from '../graph-editor'
import type { MadeBytes, Wire } from '../wire-fields'
import type { IntegerProduct } from './integer-products'
import type { NumberedTensor } from './integer-tensors'
import type { WrittenForm } from './static-file'

/** What stands in the place of a product and its weight. */
export interface OtherProduct {
  readonly nodes: readonly Wire[]
  /** Codes first. */
  readonly tensors: readonly NumberedTensor[]
  /** What a reader makes of the codes. */
  readonly form: StoredForm
  /** The oldest version 1.x of onnxruntime that was seen to run it; left out: any of those that were tried. */
  readonly runtime?: number
}

/**
 * A file in which other nodes stand for products.
 * @param other null: the product stays as it is
 */
export function withProducts<Product extends Pick<IntegerProduct, 'node' | 'weight' | 'taken'>>(
  graph: OpenGraph,
  products: readonly Product[],
  domain: string | undefined,
  other: (product: Product) => OtherProduct | null,
): WrittenForm {
  const made = new Map(products.map((product) => [product.node, other(product)]))
  const used = products.filter(({ node }) => made.get(node) !== null)
  const numbers = new Map<string, MadeBytes>()
  const held = new Map<string, StoredForm>()
  const replaced = new Map<string, readonly NumberedTensor[]>()
  for (const { node, weight } of used) {
    const { form, tensors = [] } = made.get(node) ?? {}
    replaced.set(weight, tensors)
    for (const { name, numbers: own } of tensors) numbers.set(name, own)
    const [codes] = tensors
    if (codes !== undefined && form !== undefined) held.set(codes.name, form)
  }
  const taken = new Set(used.flatMap((product) => product.taken))
  const gone = new Set(used.map(({ weight }) => weight))
  const nodes = graph.nodes.flatMap((one, at) => {
    const own = made.get(one)
    if (own != null) return own.nodes
    const isHeld = one.node.op === 'Constant' && gone.has(one.node.outputs[0] ?? '')
    if (taken.has(one) || isHeld) return []
    const name = nameOfPlace(one.node, at)
    return [name === undefined ? one.content : editedNode(one.node, { name })]
  })
  const change = { nodes, replaced, ...(domain === undefined ? {} : { domain }) }
  return {
    skeleton: graph.changed(change),
    ...{ numbers, held, order: graph.placesAfter({ replaced }) },
    runtime: Math.max(0, ...[...made.values()].map((one) => one?.runtime ?? 0)),
  }
}

/** Products of matrices alone, without what stands around them. */
export function matrixProducts(products: readonly IntegerProduct[]): readonly IntegerProduct[] {
  return products.filter(({ op }) => op !== 'Conv')
}

import type { GraphNode, OpenGraph } from '../graph-editor'
import type { IntegerProduct } from './integer-products'

/** Values that are rounded to codes, and for each the value whose range its codes cover. */
export type ActivationPlaces = ReadonlyMap<string, string>

/** They hand on codes as they are, all of their first input. */
const handing: ReadonlySet<string> = new Set([
  ...['MaxPool', 'Reshape', 'Transpose', 'Flatten', 'Squeeze', 'Unsqueeze'],
])
/** Kernels of onnxruntime compute these from codes, between products. */
const between: ReadonlySet<string> = new Set([
  ...['Add', 'Mul', 'Concat', 'AveragePool', 'GlobalAveragePool', 'LeakyRelu', 'Sigmoid'],
])
/** What the range of codes behind them does. */
const cutting: ReadonlySet<string> = new Set(['Relu', 'Clip'])

/**
 * Where values become codes, as onnxruntime's quantizer places its pairs, so that its kernels for whole numbers take them:
 * in front of each product, behind each convolution, around sums and pools between them; behind a `Relu` and not before it; what
 * hands codes on has the range of what it is given. Outputs of the model, and what no product reads, stay real numbers.
 */
export function activationPlaces(
  graph: OpenGraph,
  products: readonly IntegerProduct[],
): ActivationPlaces {
  return new Placement(graph, products).places()
}

class Placement {
  private readonly marked = new Map<string, string>()
  private readonly made: ReadonlySet<string>

  constructor(
    private readonly graph: OpenGraph,
    private readonly products: readonly IntegerProduct[],
  ) {
    this.made = new Set(products.flatMap(({ output, sum }) => [output, sum?.output ?? output]))
  }

  places(): ActivationPlaces {
    for (const { input, op, output } of this.products) {
      this.mark(input)
      const end = this.end(output)
      if (op === 'Conv' && !this.graph.outputs.includes(end)) this.mark(end)
    }
    for (let before = -1; before < this.marked.size;) {
      before = this.marked.size
      for (const { node } of this.graph.nodes) this.join(node)
    }
    return this.marked
  }

  /** The value that codes are made of: behind what only cuts. */
  private end(value: string): string {
    const reader = this.graph.onlyReader(value)
    const isCut = reader !== null && reader.node.inputs[0] === value && this.cuts(reader)
    return isCut ? (reader.node.outputs[0] ?? value) : value
  }

  private cuts({ node: { domain, inputs, op } }: GraphNode): boolean {
    const [, ...bounds] = inputs.filter((name) => name !== '')
    return (
      domain === '' && cutting.has(op) && bounds.every((name) => this.graph.constants.has(name))
    )
  }

  private mark(value: string): void {
    const handedOn = [value]
    let root = value
    for (let maker = this.handing(root); maker !== null; maker = this.handing(root)) {
      root = maker.node.inputs[0] ?? ''
      handedOn.push(root)
    }
    for (const name of handedOn) this.marked.set(name, root)
  }

  private handing(value: string): GraphNode | null {
    const maker = this.graph.makers.get(value)
    if (maker === undefined || maker.node.domain !== '' || !handing.has(maker.node.op)) return null
    const [input = '', ...others] = maker.node.inputs
    const isAlone = maker.node.outputs.filter((name) => name !== '').length === 1
    const isGiven =
      input !== '' && !this.graph.placed.has(input) && !this.graph.constants.has(input)
    return isAlone && isGiven && others.every((name) => !this.marked.has(name)) ? maker : null
  }

  /** What lies between products, where codes come in and go out. */
  private join({ domain, inputs, op, outputs: [output = ''] }: GraphNode['node']): void {
    if (domain !== '' || !between.has(op) || !this.marked.has(this.end(output))) return
    if (inputs.every((name) => this.isOfCodes(name))) for (const name of inputs) this.mark(name)
  }

  /** Whether a value is made by kernels for whole numbers, or becomes codes anyway. */
  private isOfCodes(value: string): boolean {
    if (this.marked.has(value) || this.made.has(value)) return true
    const maker = this.graph.makers.get(value)
    if (maker === undefined || maker.node.domain !== '') return false
    const { inputs, op } = maker.node
    const [first = ''] = inputs
    if (this.cuts(maker) || handing.has(op)) return this.isOfCodes(first)
    return between.has(op) && inputs.every((name) => this.isOfCodes(name))
  }
}

import type { ActivationCodes } from '../../../../core/activation-range'
import type { RefillableFile } from '../../../format'
import type { ExportTensor, StoredForm } from '../../../exporter'
import { numberOfType } from '../../read-tensor'
import { constantNode, editedNode, nameOfPlace, newNode, wholeAttribute } from '../edited-node'
import type { GraphNode, NewTensor } from '../graph-editor'
import type { MadeBytes, Wire } from '../wire-fields'
import { foldedNorm, integerKernel } from './integer-kernel'
import type { IntegerProduct } from './integer-products'
import { biasTensors, kernelTensors } from './integer-tensors'
import type { IntegerTensors } from './integer-tensors'
import type { StaticPlan } from './static-plan'

/** Numbers of the weights of a model, by name. */
export interface GivenWeights {
  readonly tensor: (weight: string) => ExportTensor
  /** Decoded. */
  readonly values: (weight: string) => Float32Array
}

/** A file that needs numbers of tensors that are no weights of the model. */
export interface WrittenForm {
  readonly skeleton: RefillableFile
  /** By the names of tensors. */
  readonly numbers: ReadonlyMap<string, MadeBytes>
  /** What a reader finds in it, by the name of its tensor; weights that stay as they are are not among them. */
  readonly held: ReadonlyMap<string, StoredForm>
  /** Names of all tensors with numbers, in the order of the file. */
  readonly order: readonly string[]
  /** The oldest version 1.x of onnxruntime that was seen to run what is in it, where that is known of its parts. */
  readonly runtime?: number
}

/**
 * A file with codes of activations: `QuantizeLinear` and `DequantizeLinear` at the places of a plan, weights of products as codes of
 * int8 with a step for each output channel, their biases as int32 in steps of the product of both, normalisation in them.
 */
export function staticFile(
  plan: StaticPlan,
  known: KnownActivations,
  weights: GivenWeights,
): WrittenForm {
  return new StaticFile(plan, known, weights).written()
}

export interface KnownActivations {
  /** By the value whose range they cover. */
  readonly codes: ReadonlyMap<string, ActivationCodes>
  /** How many axes values have. */
  readonly ranks: ReadonlyMap<string, number>
  /** int8, else uint8. */
  readonly signed: boolean
}

class StaticFile {
  private readonly first: Wire[] = []
  private readonly rest: Wire[] = []
  private readonly replaced = new Map<string, readonly NewTensor[]>()
  private readonly numbers = new Map<string, MadeBytes>()
  private readonly held = new Map<string, StoredForm>()
  private readonly steps = new Map<string, readonly [scale: string, zero: string]>()
  private readonly decoded = new Map<string, string>()
  private readonly floats = new Map<string, string>()
  private readonly fresh: (wanted: string) => string
  private used: readonly IntegerProduct[] = []

  constructor(
    private readonly plan: StaticPlan,
    private readonly known: KnownActivations,
    private readonly weights: GivenWeights,
  ) {
    this.fresh = plan.graph.namer()
  }

  written(): WrittenForm {
    const { graph, places, products } = this.plan
    for (const [value] of places)
      this.decoded.set(
        value,
        // What the model is given keeps its name, also where it is handed out again.
        graph.outputs.includes(value) && !graph.inputs.includes(value)
          ? value
          : this.fresh(`${value}_dequantized`),
      )
    for (const root of new Set(places.values())) this.range(root)
    for (const input of graph.inputs) this.pair(input, this.first)
    const own = new Map(products.map((product) => [product.node, this.withSum(product)]))
    const taken = new Set(
      [...own.values()].flatMap(({ sum, taken: nodes }) => [
        ...nodes,
        ...(sum === null ? [] : [sum.node]),
      ]),
    )
    this.used = [...own.values()]
    for (const [at, one] of graph.nodes.entries()) {
      const product = own.get(one)
      if (product !== undefined) this.product(product)
      else if (!taken.has(one) && !this.isReplaced(one)) this.other(one, at)
    }
    const { replaced } = this
    return {
      skeleton: graph.changed({ nodes: [...this.first, ...this.rest], replaced }),
      ...{ numbers: this.numbers, held: this.held, order: graph.placesAfter({ replaced }) },
    }
  }

  /** A `Constant` node whose tensor another stands for; products come behind the nodes of their weights. */
  private isReplaced({
    node: {
      op,
      outputs: [name = ''],
    },
  }: GraphNode): boolean {
    const isOfOne = this.used.some(({ bias, norm, weight }) =>
      [weight, bias, norm?.factor, norm?.shift, norm?.mean, norm?.variance].includes(name),
    )
    return op === 'Constant' && isOfOne
  }

  /** A product of rows takes the bias in that is added behind it. */
  private withSum(product: IntegerProduct): IntegerProduct {
    const { input, sum } = product
    if (sum === null || this.known.ranks.get(input) !== 2) return { ...product, sum: null }
    return { ...product, bias: sum.bias, output: sum.output }
  }

  private range(root: string): void {
    const { scale, zero } = this.codesOf(root)
    const names = [this.fresh(`${root}_scale`), this.fresh(`${root}_zero_point`)] as const
    const [ofScale, ofZero] = names
    this.first.push(
      constantNode(ofScale, numberOfType('F32'), [], bytes(Float32Array.of(scale))),
      constantNode(
        ofZero,
        numberOfType(this.known.signed ? 'I8' : 'U8'),
        [],
        Uint8Array.of(zero & 255),
      ),
    )
    this.steps.set(root, names)
  }

  private codesOf(value: string): ActivationCodes {
    const found = this.known.codes.get(this.plan.places.get(value) ?? value)
    if (found === undefined) throw new RangeError(`no range of ${value}`)
    return found
  }

  /** Both nodes behind a value, where it becomes codes. */
  private pair(value: string, into: Wire[]): void {
    const root = this.plan.places.get(value)
    const decoded = this.decoded.get(value)
    const steps = this.steps.get(root ?? '')
    if (decoded === undefined || steps === undefined) return
    const codes = this.fresh(`${value}_quantized`)
    into.push(
      newNode('QuantizeLinear', [this.given(value), ...steps], [codes]),
      newNode('DequantizeLinear', [codes, ...steps], [decoded]),
    )
  }

  /** What a value is called before it becomes codes: an output is called so behind them. */
  private given(value: string): string {
    if (this.decoded.get(value) !== value) return value
    const known = this.floats.get(value) ?? this.fresh(`${value}_float`)
    this.floats.set(value, known)
    return known
  }

  private other(one: GraphNode, at: number): void {
    const { inputs, outputs } = one.node
    const name = nameOfPlace(one.node, at)
    const read = inputs.map((value) => this.decoded.get(value) ?? value)
    const isSame =
      name === undefined &&
      read.every((value, input) => value === inputs[input]) &&
      outputs.every((output) => this.given(output) === output)
    this.rest.push(
      isSame
        ? one.content
        : editedNode(one.node, {
            ...(name === undefined ? {} : { name }),
            ...{ inputs: read, outputs: outputs.map((output) => this.given(output)) },
          }),
    )
    for (const value of outputs) this.pair(value, this.rest)
  }

  private product(product: IntegerProduct): void {
    const { bias, input, node, norm, output, weight } = product
    const { scale: ofInput } = this.codesOf(input)
    const folded = norm === null ? null : foldedNorm(this.normNumbers(product))
    const bias64 =
      folded?.bias ?? (bias === null ? null : Float64Array.from(this.weights.values(bias)))
    const kernel = integerKernel(this.weights.tensor(weight), this.weights.values(weight), {
      ...{ held: product.held, perm: product.perm, axis: product.axis },
      factor: folded?.factor ?? null,
      least: bias64 === null ? null : bias64.map((value) => Math.abs(value) / (ofInput * LARGEST)),
    })
    for (const name of [weight, bias, ...this.namesOf(norm)])
      if (name !== null) this.replaced.set(name, [])
    this.keep(weight, kernelTensors(weight, kernel, product.op !== 'Conv', this.fresh))
    const ofBias = bias ?? norm?.shift ?? null
    if (bias64 !== null && ofBias !== null)
      this.keep(ofBias, biasTensors(ofBias, bias64, ofInput, kernel, this.fresh))
    const inputs = [this.decoded.get(input) ?? input, weight, ...(ofBias === null ? [] : [ofBias])]
    const outputs = [this.given(output)]
    const op = product.sum === null ? product.op : 'Gemm'
    this.rest.push(editedNode(node.node, { op, inputs, outputs }))
    this.pair(output, this.rest)
  }

  private namesOf(norm: IntegerProduct['norm']): readonly string[] {
    return norm === null ? [] : [norm.factor, norm.shift, norm.mean, norm.variance]
  }

  private normNumbers({ bias, norm }: IntegerProduct) {
    const of = (name = ''): Float32Array => this.weights.values(name)
    return {
      ...{ factor: of(norm?.factor), shift: of(norm?.shift), mean: of(norm?.mean) },
      ...{ variance: of(norm?.variance), epsilon: norm?.epsilon ?? 0 },
      bias: bias === null ? null : of(bias),
    }
  }

  private keep(name: string, { axis, codes, form, scale, zeroPoint }: IntegerTensors): void {
    const tensors = [codes, scale, ...(zeroPoint === null ? [] : [zeroPoint])]
    this.replaced.set(name, tensors)
    for (const { name: own, numbers } of tensors) this.numbers.set(own, numbers)
    this.held.set(codes.name, form)
    const inputs = tensors.map((tensor) => tensor.name)
    const attributes = [wholeAttribute('axis', axis)]
    this.first.push(newNode('DequantizeLinear', inputs, [name], attributes))
  }
}

/** Of int32, with room for what is added to it. */
const LARGEST = 2 ** 30

function bytes({ buffer }: Float32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer)
}

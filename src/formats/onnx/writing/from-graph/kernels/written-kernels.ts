import type { EncodedTensor } from '../../../../../core/encoded-tensor'
import type { FloatRange } from '../../../../../core/float-range'
import { elementCount } from '../../../../../core/tensor-spec'
import type { ChannelLayout, TensorSpec } from '../../../../../core/tensor-spec'
import { directWeights } from '../../../../../graph/direct-weights'
import { freshNames } from '../../../../../graph/fresh-names'
import type { ModelGraph } from '../../../../../graph/graph'
import type { GraphNode } from '../../../../../graph/operators'
import { readersOf } from '../../../../../graph/readers-of'
import type { ValueName } from '../../../../../graph/values'
import type { ExportTensor } from '../../../../exporter'
import type { OpenedModel, OpenedWeight } from '../../../../format'
import { encodedOf, floatsOf } from '../../../../tfjs-files/stored-values'
import { laidOut } from './laid-out-codes'
import { normalizedProducts } from './normalized-products'
import type { NormalizedProduct } from './normalized-products'
import { onnxOrder } from './onnx-order'
import { isWithin, scaledChannels } from './scaled-channels'

/** A model whose kernels are made for the operators that read them. */
export interface WrittenKernels {
  readonly graph: ModelGraph
  readonly weights: readonly OpenedWeight[]
  /** One for each of these. */
  readonly tensors: readonly ExportTensor[]
  /** Layers of normalizations that are parts of kernels and biases now. */
  readonly folded: readonly string[]
}

interface Held {
  readonly weight: OpenedWeight
  readonly tensor: ExportTensor
}

/**
 * So many standard deviations may a mean be from zero: what is subtracted behind a sum is rounded as the sum is, and more would
 * leave less than five digits of what is left.
 */
const MOST_APART = 64

/**
 * Folds batch normalizations into the kernels and biases in front of them, where the file gets no larger by it, and lays codes in
 * the order in which operators of ONNX read them, so that no run has to turn what it has decoded.
 * @param tensors one for each weight, in their order
 * @param bytesOf what the file takes for a tensor of a weight
 * @param laysCodes whether codes are stored at all
 * @param floats what the file's floats can say
 * @returns null where nothing changes
 */
export function writtenKernels(
  model: Pick<OpenedModel, 'graph' | 'weights'>,
  tensors: readonly ExportTensor[],
  bytesOf: (tensor: ExportTensor, weight: OpenedWeight) => number,
  laysCodes: boolean,
  floats: FloatRange,
): WrittenKernels | null {
  const writing = new KernelWriting(model, tensors, bytesOf, floats)
  for (const found of normalizedProducts(writing.graph)) writing.fold(found)
  if (laysCodes) writing.layOut()
  return writing.isChanged ? writing.written() : null
}

class KernelWriting {
  readonly graph: ModelGraph
  private readonly held = new Map<ValueName, Held>()
  private readonly nodes: Map<string, GraphNode>
  private readonly folded: string[] = []
  private readonly fresh: (base: ValueName) => ValueName
  isChanged = false

  constructor(
    model: Pick<OpenedModel, 'graph' | 'weights'>,
    tensors: readonly ExportTensor[],
    private readonly bytesOf: (tensor: ExportTensor, weight: OpenedWeight) => number,
    private readonly floats: FloatRange,
  ) {
    this.graph = directWeights(model.graph)
    this.nodes = new Map(this.graph.nodes.map((node) => [node.id, node]))
    this.fresh = freshNames(this.graph)
    model.weights.forEach((weight, at) =>
      this.held.set(weight.spec.name, { weight, tensor: tensors[at] ?? weight }),
    )
  }

  fold(found: NormalizedProduct): void {
    const { bias, channels, kernel, normalization, offset, product, scale, sum } = found
    const factors = this.factorsOf(found)
    const own = this.held.get(kernel)
    if (factors === null || own === undefined) return
    const codes = codesOf(own)
    const tensor = scaledChannels(codes, channels, factors.factor)
    if (tensor === null || !this.holds(codes, channels, factors)) return
    const gone = [bias, scale, offset, found.mean, found.variance].filter((name) => name !== null)
    const name = bias ?? this.biasName(own.weight.spec)
    const scaled = heldAs(own, tensor)
    const shifted = biasOf(name, own.weight.spec, factors.shift)
    const before = [kernel, ...gone].map((one) => this.held.get(one))
    if (this.bytesOfAll([scaled, shifted]) > this.bytesOfAll(before)) return
    this.replace(kernel, [
      [kernel, scaled],
      [name, shifted],
    ])
    for (const one of gone) if (one !== name) this.held.delete(one)
    const [x = null, , , ...others] = product.inputs
    this.nodes.delete(normalization.id)
    if (sum !== null) this.nodes.delete(sum.id)
    this.nodes.set(product.id, {
      ...product,
      inputs: [x, kernel, name, ...others],
      outputs: normalization.outputs,
    })
    this.folded.push(normalization.layer)
    this.isChanged = true
  }

  /** Whether floats of the file say what a kernel and its bias would be. */
  private holds(
    tensor: EncodedTensor,
    channels: ChannelLayout,
    { factor, shift }: { readonly factor: Float64Array; readonly shift: Float32Array },
  ): boolean {
    return (
      shift.every((value) => Math.abs(value) <= this.floats.most) &&
      isWithin(tensor, channels, factor, this.floats)
    )
  }

  layOut(): void {
    const readers = readersOf([...this.nodes.values()])
    for (const [kernel, own] of this.held) {
      const orders = (readers.get(kernel) ?? []).map((node) =>
        node.inputs.filter((value) => value === kernel).length === 1 && node.inputs[1] === kernel
          ? onnxOrder(node)
          : null,
      )
      const [first = null] = orders
      const perm = first?.perm ?? []
      const isOne = orders.every((order) => order?.perm.join() === perm.join())
      const codes = codesOf(own)
      const { shape } = own.weight.spec
      const isOrder = perm.length === shape.length && perm.some((axis, at) => axis !== at)
      if (!isOne || !isOrder || codes.kind === 'float') continue
      const spec = turnedSpec(own.weight.spec, perm)
      const tensor = laidOut(codes, perm, spec)
      if (tensor === null) continue
      this.held.set(kernel, heldAs(own, tensor))
      for (const order of orders) if (order !== null) this.nodes.set(order.node.id, order.node)
      this.isChanged = true
    }
  }

  written(): WrittenKernels {
    const { constants } = this.graph
    const held = [...this.held.values()]
    return {
      graph: {
        ...this.graph,
        nodes: [...this.nodes.values()],
        parameters: new Map(
          held.flatMap(({ weight: { spec } }) =>
            constants.has(spec.name) ? [] : [[spec.name, spec]],
          ),
        ),
      },
      weights: held.map(({ weight }) => weight),
      tensors: held.map(({ tensor }) => tensor),
      folded: this.folded,
    }
  }

  /** In the place of a weight: those that come of it. */
  private replace(kernel: ValueName, by: readonly (readonly [ValueName, Held])[]): void {
    const all = [...this.held]
    const names = new Set(by.map(([name]) => name))
    this.held.clear()
    for (const [name, own] of all)
      if (name === kernel) for (const [other, one] of by) this.held.set(other, one)
      else if (!names.has(name)) this.held.set(name, own)
  }

  /** (x + bias - mean) / deviation * scale + offset as x * factor + shift. */
  private factorsOf({
    bias,
    channels,
    mean,
    normalization,
    offset,
    scale,
    variance,
  }: NormalizedProduct) {
    const [biases, means, offsets, scales, variances] = [bias, mean, offset, scale, variance].map(
      (name) => (name === null ? null : this.valuesOf(name)),
    )
    const { count } = channels
    const factor = new Float64Array(count)
    const shift = new Float32Array(count)
    for (let at = 0; at < count; at++) {
      const deviation = Math.sqrt((variances?.[at] ?? NaN) + normalization.attributes.epsilon)
      const apart = (biases?.[at] ?? 0) - (means?.[at] ?? NaN)
      const own = (scales === null ? 1 : (scales?.[at] ?? NaN)) / deviation
      const isSafe = Number.isFinite(own) && own !== 0 && Math.abs(apart) <= MOST_APART * deviation
      if (!isSafe) return null
      factor[at] = own
      shift[at] = apart * own + (offsets?.[at] ?? 0)
    }
    return { factor, shift }
  }

  private valuesOf(name: ValueName): Float32Array | null {
    const own = this.held.get(name)
    return own === undefined ? null : floatsOf(own.tensor, 0, own.weight.values.length)
  }

  private bytesOfAll(all: readonly (Held | undefined)[]): number {
    return all.reduce(
      (sum, own) => sum + (own === undefined ? 0 : this.bytesOf(own.tensor, own.weight)),
      0,
    )
  }

  private biasName({ layerName, name }: TensorSpec): ValueName {
    const wanted = `${layerName === '' ? name : layerName}/bias`
    const isTaken =
      this.held.has(wanted) || this.graph.nodes.some(({ outputs }) => outputs.includes(wanted))
    return isTaken ? this.fresh(wanted) : wanted
  }
}

/** Codes also where no step has made them. */
function codesOf({ tensor, weight: { held } }: Held): EncodedTensor {
  return !('kind' in tensor) && held?.kind === 'codes' ? held.tensor : encodedOf(tensor)
}

/** @param tensor in the place of what was stored; of codes the values stay those of before, as many as they are */
function heldAs({ weight }: Held, tensor: EncodedTensor): Held {
  const { held: _, ...rest } = weight
  const values = tensor.kind === 'float' ? tensor.values : weight.values
  return { tensor, weight: { ...rest, spec: tensor.spec, values, quantized: null } }
}

function biasOf(name: string, kernel: TensorSpec, values: Float32Array): Held {
  const { layerKind, layerName } = kernel
  const spec: TensorSpec = {
    ...{ name, shape: [values.length], dtype: 'float32', role: 'bias', layerName, layerKind },
    channel: { count: 1, inner: Math.max(1, values.length) },
  }
  const weight: OpenedWeight = {
    ...{ spec, values, storedAs: 'float32', storedBytes: values.byteLength },
    ...{ zeros: 0, quantized: null },
  }
  return { weight, tensor: weight }
}

/** Output channels are the first axis now, or the second where inputs of a kernel that spreads are the first. */
function turnedSpec(spec: TensorSpec, perm: readonly number[]): TensorSpec {
  const { channel, shape } = spec
  const turned = perm.map((axis) => shape[axis] ?? 1)
  const axis = shape.findLastIndex(
    (side, at) => side === channel.count && elementCount(shape.slice(at + 1)) === channel.inner,
  )
  // Filters that one axis does not count are those of two, which come first.
  const place = axis < 0 ? -1 : perm.indexOf(axis)
  const inner =
    place < 0 ? elementCount(turned) / channel.count : elementCount(turned.slice(place + 1))
  return { ...spec, shape: turned, channel: { ...channel, inner } }
}

import { elementCount } from '../../core/tensor-spec'
import type { CodedTensor } from '../named-weights/named-tensor'
import { UniqueNames } from '../tfjs-graph/lowering/unique-names'
import { firstUse, meaningOf, readersOf } from './assign-weights'
import type { Readers } from './assign-weights'
import { biasSlot, codeSlots } from './code-slots'
import type { CodeSlot } from './code-slots'
import { codedWeight, fits, roundedWeight, wholeBias } from './coded-weight'
import type { GraphParts, NamedOnnxTensor } from './graph-parts'
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './onnx-model'
import { withScales } from './scales-of-products'
import type { OnnxFiles } from './tensor-bytes'

/** So few codes that are no kernel are settings of an operator. */
const MOST_SETTINGS = 16

export interface CodedParts extends GraphParts {
  /** Weights that the file holds as codes, by their names. */
  readonly coded: ReadonlyMap<string, CodedTensor>
}

/**
 * Takes codes, with what makes real numbers of them, for one weight: whoever read the codes, scales and zero points reads
 * the weight, and no scale.
 * @param outputs of the graph
 */
export function quantizedWeights(
  { nodes: before, tensors }: GraphParts,
  outputs: readonly string[],
  files: OnnxFiles,
): CodedParts {
  const fold = new Fold(withScales(before, tensors), tensors, new Set(outputs), files)
  const nodes = fold.nodes()
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...outputs])
  const readBefore = new Set(before.flatMap(({ inputs }) => inputs))
  const left = tensors.flatMap((one) => {
    const own = fold.weights.get(one.name) ?? []
    const isLeft = read.has(one.name) || !readBefore.has(one.name)
    const weights = own.map((name) => ({ ...one, name }))
    return isLeft && !own.includes(one.name) ? [one, ...weights] : weights
  })
  return { nodes, tensors: left, coded: fold.coded }
}

/** They hand on codes of their first input, all or some. */
const handing: ReadonlySet<string> = new Set([
  ...['Gather', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Identity'],
])

class Fold {
  readonly coded = new Map<string, CodedTensor>()
  /** Names of weights, by the tensor of their codes. */
  readonly weights = new Map<string, string[]>()
  private readonly held: ReadonlyMap<string, OnnxTensor>
  private readonly readers: Readers
  private readonly makers: ReadonlyMap<string, OnnxNode>
  private readonly names: UniqueNames
  /** By codes and what decodes them. */
  private readonly known = new Map<string, string>()
  /** Names of nodes that nothing reads any more. */
  private readonly gone = new Set<string>()
  /** What a value is called now. */
  private readonly renamed = new Map<string, string>()

  constructor(
    private readonly before: readonly OnnxNode[],
    tensors: readonly NamedOnnxTensor[],
    private readonly outputs: ReadonlySet<string>,
    private readonly files: OnnxFiles,
  ) {
    this.held = new Map(tensors.map(({ name, tensor }) => [name, tensor]))
    this.readers = readersOf(before)
    this.makers = new Map(before.flatMap((node) => node.outputs.map((name) => [name, node])))
    const values = before.flatMap((node) => [...node.inputs, ...node.outputs])
    this.names = new UniqueNames([...this.held.keys(), ...values])
  }

  nodes(): readonly OnnxNode[] {
    const left = this.before.flatMap((node) => {
      if (node.op === 'DequantizeLinear') return this.decoded(node)
      const inputs = [...node.inputs]
      for (const slot of codeSlots(node)) {
        const weight = this.weight(node, slot, node.inputs[slot.codes] ?? '')
        if (weight === null) continue
        inputs[slot.codes] = weight
        for (const place of [slot.scale, slot.zeroPoint])
          if (place < inputs.length) inputs[place] = ''
      }
      this.bias(node, inputs)
      return [{ ...node, inputs }]
    })
    const own = (name: string): string => this.renamed.get(name) ?? name
    return left.flatMap((node) =>
      this.gone.has(node.name) ? [] : [{ ...node, inputs: node.inputs.map(own) }],
    )
  }

  /** What decodes weights alone is gone: its readers read the weight. */
  private decoded(node: OnnxNode): readonly OnnxNode[] {
    const [slot] = codeSlots(node)
    const [codes = ''] = node.inputs
    const [given = ''] = node.outputs
    if (slot === undefined || this.isSetting(codes, given)) return [node]
    const behind = this.origin(codes)
    const weight =
      this.weight(node, slot, behind ?? codes) ?? this.wholes(node) ?? this.rounded(node, slot)
    if (weight === null) return [node]
    const value = behind === null ? weight : codes
    if (this.outputs.has(given))
      return [{ ...node, op: 'Identity', domain: '', inputs: [value], attributes: new Map() }]
    this.renamed.set(given, value)
    return []
  }

  private isSetting(codes: string, given: string): boolean {
    const tensor = this.held.get(codes)
    if (tensor === undefined || elementCount(tensor.shape) > MOST_SETTINGS) return false
    return meaningOf(tensor.shape, firstUse(given, tensor.shape, this.readers)).role === 'other'
  }

  /** The codes that a value is some of; null: it is codes itself, or made of something else. */
  private origin(value: string): string | null {
    let name = value
    for (let maker = this.makers.get(name); maker !== undefined; maker = this.makers.get(name)) {
      const isAlone = (this.readers.get(name) ?? []).length === 1 && !this.outputs.has(name)
      if (!isAlone || maker.domain !== '' || !handing.has(maker.op)) return null
      name = maker.inputs[0] ?? ''
    }
    const isOnly = (this.readers.get(name) ?? []).length === 1
    return name !== value && isOnly && this.held.has(name) ? name : null
  }

  /** The name of the weight that codes are; null: they stay as they are. */
  private weight(node: OnnxNode, slot: CodeSlot, codes: string): string | null {
    const tensor = this.held.get(codes)
    const scaleName = node.inputs[slot.scale] ?? ''
    const zeroName = node.inputs[slot.zeroPoint] ?? ''
    const scale = this.held.get(scaleName) ?? null
    const zeroPoint = this.held.get(zeroName) ?? null
    const isHeld = (scaleName === '' || scale !== null) && (zeroName === '' || zeroPoint !== null)
    if (tensor === undefined || !isHeld) return null
    const decoding = slot.decoding(node, { codes: tensor, scale, zeroPoint })
    const isElsewhere = codes !== node.inputs[slot.codes]
    if (decoding === null || !fits(decoding)) return null
    // Of what hands some of them on, axes are others.
    if (isElsewhere && decoding.groups.count * decoding.groups.inner < elementCount(decoding.shape))
      return null
    const key = JSON.stringify([codes, scaleName, zeroName, decoding.shape, decoding.groups])
    const known = this.known.get(key)
    if (known !== undefined) return known
    const name = this.isAlone(codes, scaleName, zeroName) ? codes : this.names.next(codes)
    this.known.set(key, name)
    this.keep(codes, name, codedWeight(name, decoding, this.files))
    return name
  }

  /** Whether all that read the codes decode them alike. */
  private isAlone(codes: string, scale: string, zeroPoint: string): boolean {
    const uses = this.readers.get(codes) ?? []
    if (uses.length === 1) return true
    return uses.every(({ node, place }) => {
      const slot = codeSlots(node).find((one) => one.codes === place)
      if (slot === undefined) return false
      const own = [slot.scale, slot.zeroPoint].map((at) => node.inputs[at] ?? '')
      return own[0] === scale && own[1] === zeroPoint
    })
  }

  /** A weight of real numbers that is rounded to codes and decoded again, as training with such weights leaves it. */
  private rounded({ inputs, attributes }: OnnxNode, slot: CodeSlot): string | null {
    const [codes = '', scaleName = '', zeroName = ''] = inputs
    const maker = this.makers.get(codes)
    const [name = '', ...steps] = maker?.inputs ?? []
    const isSame = steps.join('\n') === inputs.slice(1).join('\n')
    const isAlone = [codes, name].every((value) => (this.readers.get(value) ?? []).length === 1)
    const weight = this.held.get(name)
    const scale = this.held.get(scaleName)
    const zeroPoint = this.held.get(zeroName) ?? null
    if (maker?.op !== 'QuantizeLinear' || !isSame || !isAlone) return null
    if (weight?.type !== 'F32' || scale === undefined) return null
    if (zeroName !== '' && zeroPoint === null) return null
    if (['axis', 'block_size'].some((key) => !isEqual(maker.attributes, attributes, key)))
      return null
    if (maker.attributes.has('output_dtype') || this.outputs.has(codes)) return null
    const as = { ...weight, type: zeroPoint?.type ?? 'U8' }
    const decoding = slot.decoding(maker, { codes: as, scale, zeroPoint })
    if (decoding === null || !fits(decoding)) return null
    this.gone.add(maker.name)
    this.keep(name, name, roundedWeight(name, decoding, weight, this.files))
    return name
  }

  /** A bias of int32 that is decoded by itself. */
  private wholes({ inputs }: OnnxNode): string | null {
    const [name = '', scale = '', zero = ''] = inputs
    const found = zero === '' ? null : this.held.get(zero)
    return found === undefined ? null : this.whole(name, [scale], found)
  }

  private bias(node: OnnxNode, inputs: string[]): void {
    const slot = biasSlot(node)
    const name = slot === null ? '' : (node.inputs[slot.bias] ?? '')
    if (slot === null || name === '') return
    const scales = slot.scales.map((place) => node.inputs[place] ?? '')
    const weight = this.whole(name, scales, null)
    if (weight !== null) inputs[slot.bias] = weight
  }

  private whole(
    name: string,
    scaleNames: readonly string[],
    zeroPoint: OnnxTensor | null,
  ): string | null {
    const tensor = this.held.get(name)
    const scales = scaleNames.flatMap((one) => this.held.get(one) ?? [])
    if (tensor?.type !== 'I32' || scales.length < scaleNames.length) return null
    const length = elementCount(tensor.shape)
    const isFit = ({ shape }: OnnxTensor): boolean =>
      elementCount(shape) === 1 || (tensor.shape.length === 1 && elementCount(shape) === length)
    if (!scales.every(isFit) || (zeroPoint !== null && !isFit(zeroPoint))) return null
    const key = JSON.stringify([name, ...scaleNames])
    const known = this.known.get(key)
    if (known !== undefined) return known
    const own = (this.readers.get(name) ?? []).length === 1 ? name : this.names.next(name)
    this.known.set(key, own)
    this.keep(name, own, wholeBias(own, tensor, { scales, zeroPoint }, this.files))
    return own
  }

  private keep(codes: string, name: string, weight: CodedTensor): void {
    this.weights.set(codes, [...(this.weights.get(codes) ?? []), name])
    this.coded.set(name, weight)
  }
}

function isEqual(
  one: OnnxNode['attributes'],
  other: OnnxNode['attributes'],
  name: string,
): boolean {
  const value = (found: OnnxAttribute | undefined) => (found?.kind === 'whole' ? found.value : null)
  return value(one.get(name)) === value(other.get(name))
}

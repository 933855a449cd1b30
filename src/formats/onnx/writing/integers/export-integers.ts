import { activationCodes, clippedCodes } from '../../../../core/activation-range'
import type { ActivationCodes, ActivationRange } from '../../../../core/activation-range'
import type { StudioErrorData } from '../../../../core/errors'
import type { ActivationSettings, Precision } from '../../../../core/model-summary'
import type { Activations, CodedActivations, ExportedModel, ExportTensor } from '../../../exporter'
import type { OpenedModel, RefillableFile } from '../../../format'
import { elementTypes, isElementType, isFloat } from '../../../named-weights/element-types'
import { onnxFiles } from '../onnx-files'
import type { OnnxForm } from '../onnx-form'
import type { Ceiling } from '../raise-opset'
import { runtimeFor } from '../runtime-for'
import { sessionFacts } from '../session-code'
import { writeOnnx } from '../write-onnx'
import { blockFile, blockReaders, hasBlockCodes } from './block-file'
import { dynamicFile } from './dynamic-file'
import { matrixProducts } from './replaced-products'
import { staticFile } from './static-file'
import type { GivenWeights, WrittenForm } from './static-file'
import { staticPlan, valuesOf } from './static-plan'
import type { StaticPlan } from './static-plan'
import { usageOf } from './usage-of-integers'

/** What is computed with codes themselves. */
export type IntegerForm = Extract<Precision, 'static8' | 'dynamic8' | 'nBits'>

export function isIntegerForm(precision: Precision): precision is IntegerForm {
  return precision === 'static8' || precision === 'dynamic8' || precision === 'nBits'
}

/** The versions of the operators of ONNX that these need: steps along an axis; ranges as they come; tensors that are no inputs. */
const opsets: Readonly<Record<IntegerForm, number>> = { static8: 13, dynamic8: 11, nBits: 9 }
/** The oldest version 1.x of onnxruntime that was seen to run such a file: 1.15 is the oldest that was tried. */
const runtimes: Readonly<Record<IntegerForm, number>> = { static8: 15, dynamic8: 15, nBits: 17 }

/** A model, and its file without the numbers of its weights. */
export interface SkeletonOf {
  readonly model: OpenedModel
  readonly skeleton: RefillableFile
  /** The version of its operators, and to which they can be raised. */
  readonly opset: number
  readonly ceiling: Ceiling
}

/** Why a model has no file of a form; null where it has. */
export function refusalOf(
  form: IntegerForm,
  { ceiling, model, skeleton }: SkeletonOf,
  tensors: readonly ExportTensor[],
): StudioErrorData | null {
  if (model.refillable !== undefined) return { code: 'export/codes-stay-codes', params: {} }
  const { graph, products } = staticPlan(skeleton)
  if (form === 'static8' && products.length === 0)
    return otherFloats(skeleton) ?? { code: 'export/no-product', params: {} }
  const readers = form === 'nBits' ? blockReaders(graph, products) : matrixProducts(products)
  if (form !== 'static8' && readers.length === 0)
    return otherFloats(skeleton) ?? { code: 'export/no-matrix', params: {} }
  if (form === 'nBits' && !hasBlockCodes(readers, givenWeights(model, tensors).tensor))
    return { code: 'export/no-block-codes', params: {} }
  const needed = opsets[form]
  if (ceiling.opset >= needed) return null
  const params = { operator: ceiling.operator ?? '', opset: ceiling.opset, needed }
  return { code: 'export/old-operators', params }
}

/** The reason of a file whose products are looked for among those of float32 in vain, where its weights are other floats. */
function otherFloats(skeleton: RefillableFile): StudioErrorData | null {
  for (const piece of skeleton) {
    const type = 'weight' in piece ? piece.type : 'F32'
    if (type !== 'F32' && isElementType(type) && isFloat(type))
      return { code: 'export/other-floats', params: { type: elementTypes[type].storedAs } }
  }
  return null
}

/**
 * Writes a model that is computed with codes.
 * @param forms one for each weight, for those that no such product reads
 */
export function exportIntegers(
  form: IntegerForm,
  { model, opset, skeleton }: SkeletonOf,
  tensors: readonly ExportTensor[],
  forms: readonly OnnxForm[],
  activations: Activations | undefined,
): ExportedModel {
  const given = givenWeights(model, tensors)
  const written = writtenForm(form, skeleton, given, activations)
  const known = new Map(forms.map((one) => [one.name, one]))
  // Weights of graphs inside nodes stay where they are, and are read behind all others.
  const places = new Set(skeleton.flatMap((piece) => ('weight' in piece ? [piece.weight] : [])))
  const { placed } = staticPlan(skeleton).graph
  const inside = forms.filter(({ name }) => places.has(name) && !placed.has(name))
  const left = [...written.order.flatMap((name) => known.get(name) ?? []), ...inside]
  const held = [
    ...written.order.flatMap((name) => written.held.get(name) ?? known.get(name) ?? []),
    ...inside,
  ]
  const added = { numbers: written.numbers, opset: opsets[form] }
  const stays = new Map(left.map((one) => [one.name, one]))
  const pieces = writeOnnx(written.skeleton, stays, added)
  const files = onnxFiles(pieces)
  const needed = Math.max(opset, opsets[form], ...left.map((one) => one.opset))
  const runtime = Math.max(
    ...[runtimes[form], runtimeFor(needed)],
    ...left.map((one) => one.runtime),
    written.runtime ?? 0,
  )
  return {
    files,
    tensors: held.map(({ name, storedAs, bytes, reason }) => ({ name, storedAs, bytes, reason })),
    ...{ held, made: held, shardBytes: files.reduce((sum, { size }) => sum + size, 0) },
    ...(form === 'static8' && activations !== undefined
      ? { activations: codedActivations(staticPlan(skeleton), activations) }
      : {}),
    usage: usageOf(
      form,
      { opset: needed, runtime, ...sessionFacts(pieces, left, files) },
      activations,
    ),
  }
}

function writtenForm(
  form: IntegerForm,
  skeleton: RefillableFile,
  given: GivenWeights,
  activations: Activations | undefined,
): WrittenForm {
  const plan = staticPlan(skeleton)
  if (form === 'nBits') return blockFile(plan.graph, plan.products, given.tensor)
  if (form === 'dynamic8') return dynamicFile(plan.graph, plan.products, given)
  if (activations === undefined) throw new RangeError('nothing is known of activations')
  const { ranges, ranks, settings } = activations
  const codes = new Map(
    [...ranges].map(([value, range]) => [value, codesOf(plan, value, range, settings)]),
  )
  return staticFile(plan, { codes, ranks, signed: settings.signed }, given)
}

function codesOf(
  { graph }: StaticPlan,
  value: string,
  range: ActivationRange,
  { signed }: ActivationSettings,
): ActivationCodes {
  const isClipped = graph.makers.get(value)?.node.op === 'Clip'
  return (isClipped ? clippedCodes : activationCodes)(range, signed)
}

/** Of all values that become codes, those that only hand them on left out. */
function codedActivations(
  plan: StaticPlan,
  { ranges, samples, settings }: Activations,
): CodedActivations {
  const roots = new Set(plan.places.values())
  const values = [...ranges].flatMap(([name, range]) => {
    if (!roots.has(name)) return []
    const { scale, zero: zeroPoint } = codesOf(plan, name, range, settings)
    return [{ name, low: range.low, high: range.high, scale, zeroPoint }]
  })
  return {
    ...{ storedAs: settings.signed ? 'int8' : 'uint8', range: settings.range },
    ...{ samples, values },
  }
}

function givenWeights(model: OpenedModel, tensors: readonly ExportTensor[]): GivenWeights {
  const places = new Map(model.weights.map(({ spec }, index) => [spec.name, index]))
  const of = (name: string) => {
    const index = places.get(name) ?? -1
    const weight = model.weights[index]
    if (weight === undefined) throw new RangeError(`${name} is no weight`)
    return { weight, tensor: tensors[index] ?? weight }
  }
  return {
    tensor: (name) => of(name).tensor,
    values: (name) => {
      const { tensor, weight } = of(name)
      return Float32Array.from(valuesOf(tensor, weight))
    },
  }
}

import {
  editedNode,
  floatIn,
  floatNode,
  newNode,
  textAttribute,
  textIn,
  wholeAttribute,
  wholeIn,
  wholesIn,
  wholesNode,
} from './edited-node'
import type { WireNode } from './graph-fields'
import type { Wire } from './wire-fields'

/** What a node becomes: itself among others, in their order; null: it cannot be said in the newer version. */
export type Raised = readonly Wire[] | null

export interface RaiseTools {
  /** A name that no value has. */
  readonly name: (wanted: string) => string
  /** Whether all real numbers of the file are of 32 bits. */
  readonly isFloat32: boolean
}

/** How an operator of a version says the same in the next one that says it otherwise. */
export interface OpsetChange {
  /** The version in which it changed. */
  readonly since: number
  readonly ops: readonly string[]
  readonly raise: (node: WireNode, tools: RaiseTools) => Raised
}

/** Before, operators said themselves whether sides are repeated. */
export const LOWEST_OPSET = 7

const reductions = [
  ...['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax'],
  ...['ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSumSquare'],
]

/**
 * All changes after `LOWEST_OPSET` that are more than further types, or settings that mean what was meant before where they
 * are left out, by their versions.
 * @see https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 */
export const opsetChanges: readonly OpsetChange[] = [
  { since: 9, ops: ['BatchNormalization'], raise: ofAllPlaces },
  { since: 9, ops: ['Scan', 'Upsample'], raise: cannot },
  { since: 10, ops: ['Slice'], raise: listsToInputs(['starts', 'ends', 'axes']) },
  { since: 10, ops: ['TopK'], raise: wholeToInput('k') },
  { since: 10, ops: ['Upsample'], raise: cannot },
  { since: 11, ops: ['Clip'], raise: clipped },
  { since: 11, ops: ['Pad'], raise: padded },
  { since: 11, ops: ['Resize'], raise: cannot },
  { since: 11, ops: ['Scatter'], raise: (node) => [editedNode(node, { op: 'ScatterElements' })] },
  { since: 12, ops: ['Dropout'], raise: (node) => [editedNode(node, { drop: ['ratio'] })] },
  { since: 13, ops: ['Softmax', 'LogSoftmax', 'Hardmax'], raise: overAllBehind },
  { since: 13, ops: ['Split'], raise: listsToInputs(['split']) },
  { since: 13, ops: ['Squeeze', 'Unsqueeze', 'ReduceSum'], raise: listsToInputs(['axes']) },
  { since: 13, ops: ['Resize'], raise: resized },
  { since: 14, ops: ['BatchNormalization'], raise: ofOneOutput },
  { since: 16, ops: ['RoiAlign'], raise: fromCorners },
  { since: 18, ops: reductions, raise: listsToInputs(['axes']) },
  { since: 18, ops: ['Split'], raise: inParts },
  { since: 20, ops: ['DFT'], raise: transformed },
  { since: 20, ops: ['GridSample'], raise: sampled },
  { since: 21, ops: ['GroupNormalization'], raise: cannot },
]

function cannot(): null {
  return null
}

/** Lists that were attributes are inputs, in this order behind the first. */
function listsToInputs(names: readonly string[]): OpsetChange['raise'] {
  return (node, tools) => {
    const lists = names.map((name) => wholesIn(node.attributes.get(name)))
    const before: Wire[] = []
    const inputs = lists.map((list, at) => {
      if (list === null) return ''
      const name = tools.name(`${node.outputs[0] ?? ''}_${names[at] ?? ''}`)
      before.push(wholesNode(name, list))
      return name
    })
    while (inputs.at(-1) === '') inputs.pop()
    if (before.length === 0) return [editedNode(node, {})]
    return [
      ...before,
      editedNode(node, { inputs: [...node.inputs.slice(0, 1), ...inputs], drop: names }),
    ]
  }
}

function wholeToInput(key: string): OpsetChange['raise'] {
  return (node, tools) => {
    const value = wholeIn(node.attributes.get(key))
    if (value === null) return null
    const name = tools.name(`${node.outputs[0] ?? ''}_${key}`)
    return [
      wholesNode(name, [value]),
      editedNode(node, { inputs: [...node.inputs.slice(0, 1), name], drop: [key] }),
    ]
  }
}

function ofAllPlaces(node: WireNode): Raised {
  return wholeIn(node.attributes.get('spatial')) === 0
    ? null
    : [editedNode(node, { drop: ['spatial'] })]
}

/** The others were those of training. */
function ofOneOutput(node: WireNode): Raised {
  return node.outputs.slice(1).some((name) => name !== '') ? null : [editedNode(node, {})]
}

function clipped(node: WireNode, tools: RaiseTools): Raised {
  if (!tools.isFloat32) return null
  const before: Wire[] = []
  const inputs = ['min', 'max'].map((key) => {
    const value = floatIn(node.attributes.get(key))
    if (value === null) return ''
    const name = tools.name(`${node.outputs[0] ?? ''}_${key}`)
    before.push(floatNode(name, value))
    return name
  })
  while (inputs.at(-1) === '') inputs.pop()
  const all = [...node.inputs.slice(0, 1), ...inputs]
  return [...before, editedNode(node, { inputs: all, drop: ['min', 'max'] })]
}

function padded(node: WireNode, tools: RaiseTools): Raised {
  const { attributes, inputs, outputs } = node
  const pads = wholesIn(attributes.get('pads'))
  const value = floatIn(attributes.get('value')) ?? 0
  if (pads === null || (value !== 0 && !tools.isFloat32)) return null
  const [ofPads, ofValue] = ['pads', 'value'].map((key) => tools.name(`${outputs[0] ?? ''}_${key}`))
  if (ofPads === undefined || ofValue === undefined) return null
  const all = [...inputs.slice(0, 1), ofPads, ...(value === 0 ? [] : [ofValue])]
  return [
    wholesNode(ofPads, pads),
    ...(value === 0 ? [] : [floatNode(ofValue, value)]),
    editedNode(node, { inputs: all, drop: ['pads', 'value'] }),
  ]
}

/** It was over all sides from an axis on, which a matrix says. */
function overAllBehind(node: WireNode, tools: RaiseTools): Raised {
  const { attributes, inputs, op, outputs } = node
  const axis = wholeIn(attributes.get('axis')) ?? 1
  const [input = ''] = inputs
  const [output = ''] = outputs
  if (axis === -1) return [editedNode(node, {})]
  const own = (part: string): string => tools.name(`${output}_${part}`)
  const [shape, flat, found] = [own('shape'), own('flat'), own('of_rows')]
  return [
    newNode('Shape', [input], [shape]),
    newNode('Flatten', [input], [flat], [wholeAttribute('axis', axis)]),
    newNode(op, [flat], [found], [wholeAttribute('axis', -1)]),
    newNode('Reshape', [found, shape], [output]),
  ]
}

/** One way to see a picture is not there any more. */
function resized(node: WireNode): Raised {
  const mode = textIn(node.attributes.get('coordinate_transformation_mode'))
  return mode === 'tf_half_pixel_for_nn' ? null : [editedNode(node, {})]
}

function fromCorners(node: WireNode): Raised {
  const key = 'coordinate_transformation_mode'
  return [editedNode(node, { add: [textAttribute(key, 'output_half_pixel')] })]
}

/** Equal parts, whose number the outputs said. */
function inParts(node: WireNode): Raised {
  const { inputs, outputs } = node
  if ((inputs[1] ?? '') !== '') return [editedNode(node, {})]
  return [editedNode(node, { add: [wholeAttribute('num_outputs', outputs.length)] })]
}

function transformed(node: WireNode, tools: RaiseTools): Raised {
  const { attributes, inputs, outputs } = node
  const name = tools.name(`${outputs[0] ?? ''}_axis`)
  const [input = '', length = ''] = inputs
  return [
    wholesNode(name, wholeIn(attributes.get('axis')) ?? 1),
    editedNode(node, { inputs: [input, length, name], drop: ['axis'] }),
  ]
}

const modes: Readonly<Partial<Record<string, string>>> = { bilinear: 'linear', bicubic: 'cubic' }

function sampled(node: WireNode): Raised {
  const mode = modes[textIn(node.attributes.get('mode')) ?? 'bilinear']
  return [
    editedNode(
      node,
      mode === undefined ? {} : { drop: ['mode'], add: [textAttribute('mode', mode)] },
    ),
  ]
}

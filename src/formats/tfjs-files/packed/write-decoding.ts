import type { AffineTensor, CodebookTensor } from '../../../core/encoded-tensor'
import { groupCount } from '../../../core/group-layout'
import { codesPerByte, divisionsFor, packedBytes, widthFor } from './code-planes'
import type { CodeWidth } from './code-planes'
import { DecodingWriter } from './decoding-writer'
import type { Decoding } from './decoding-writer'
import { groupedShape, setOf } from './grouped-shape'
import type { WrittenShape } from './grouped-shape'

/** A decoding, and how wide its codes are. */
export interface WrittenDecoding extends Decoding {
  readonly width: CodeWidth
}

/**
 * Writes how stock operators make a weight of its codes, so that each of its numbers is the one that `decode` says.
 * @returns null where they would make others, or no codes of a manifest are wide enough
 */
export function writeDecoding(tensor: AffineTensor | CodebookTensor): WrittenDecoding | null {
  const { bits, codes, groups, spec } = tensor
  const mask = tensor.kind === 'affine' ? tensor.mask : null
  const width = widthFor(2 ** bits + (mask === null ? 0 : 1))
  const shape = groupedShape(groups, spec.shape)
  if (width === null || shape === null) return null
  if (tensor.kind === 'affine' && !isExactInFloats(tensor)) return null
  const write = new DecodingWriter()
  // What is masked has a code of its own, before all others.
  const codeAt =
    mask === null
      ? (at: number): number => codes[at] ?? 0
      : (at: number): number => (mask[at] === 0 ? 0 : (codes[at] ?? 0) + 1)
  const whole = unpacked(write, codeAt, codes.length, width, shape.working)
  const real =
    tensor.kind === 'affine'
      ? scaled(write, tensor, whole, shape)
      : levelsOf(write, tensor, whole, shape)
  const isItself = shape.working === spec.shape
  const given = isItself
    ? real
    : write.reshape('values', real, write.wholes('shape', spec.shape), 'float32')
  // Whoever reads this file again knows by it where a weight ends, and what only reads it begins.
  write.each('weight', 'Identity', [given], 'float32')
  const { nodes, parts } = write
  return { nodes, parts, width }
}

/** (code - zeroPoint) * scale in float32 is `decode`, of which only the last step rounds. */
function isExactInFloats({ fromFile, scale, zeroPoint }: AffineTensor): boolean {
  return (
    fromFile === undefined &&
    scale.every((step) => step > 0 && Number.isFinite(step)) &&
    zeroPoint.every((point) => Number.isInteger(2 * point) && Math.abs(point) <= 2 ** 17)
  )
}

/** Codes in the shape that the numbers of groups broadcast over. */
function unpacked(
  write: DecodingWriter,
  codeAt: (at: number) => number,
  length: number,
  width: CodeWidth,
  working: readonly number[],
): string {
  const planes = codesPerByte(width)
  if (planes === 1) return write.counted('codes', working, length, 2 ** width - 1, codeAt)
  const size = Math.ceil(length / planes)
  let x = write.codes('codes', [size], 1, size, (from, to) =>
    packedBytes(codeAt, length, width, from, to),
  )
  for (const divisor of divisionsFor(width)) {
    const by = write.wholes(`by${divisor}`, [divisor], [])
    const high = write.each(`high${divisor}`, 'FloorDiv', [x, by], 'int32')
    const above = write.each(`above${divisor}`, 'Mul', [high, by], 'int32')
    // Not FloorMod, which on GPUs is a division of floats.
    const low = write.each(`low${divisor}`, 'Sub', [x, above], 'int32')
    x = write.pair(`parts${divisor}`, low, high)
  }
  if (planes * size > length) {
    const flat = write.reshape('flat', x, write.wholes('all', [planes * size]), 'int32')
    x = write.slice('cut', flat, write.wholes('begin', [0]), write.wholes('size', [length]))
  }
  return write.reshape('whole', x, write.wholes('grouped', working), 'int32')
}

function scaled(
  write: DecodingWriter,
  { groups: layout, mask, scale, zeroPoint }: AffineTensor,
  whole: string,
  shape: WrittenShape,
): string {
  const { groups } = shape
  const codes = write.real('real', whole)
  const shift = mask === null ? 0 : 1
  const zero = write.reals('zero', groups, zeroPoint.length, (from, to) =>
    Float32Array.from(zeroPoint.subarray(from, to), (point) => point + shift),
  )
  const step = write.reals('scale', groups, scale.length, (from, to) => scale.subarray(from, to))
  const [points, steps] = ofRows(write, layout, shape, [zero, step], 'float32')
  let from = points ?? zero
  if (mask !== null) {
    // 0 of what is masked, which so stays zero, and 1 of all else.
    const kept = write.each(
      'kept',
      'Minimum',
      [codes, write.reals('one', [], 1, () => Float32Array.of(1))],
      'float32',
    )
    from = write.each('points', 'Mul', [kept, from], 'float32')
  }
  const steppedFrom = write.each('steps', 'Sub', [codes, from], 'float32')
  return write.each('scaled', 'Mul', [steppedFrom, steps ?? step], 'float32')
}

function levelsOf(
  write: DecodingWriter,
  { bits, codes, groups: layout, levels }: CodebookTensor,
  whole: string,
  shape: WrittenShape,
): string {
  const count = groupCount(layout, codes.length)
  let places = whole
  if (count > 1) {
    const first = write.counted(
      'first',
      shape.groups,
      count,
      (count - 1) << bits,
      (group) => group << bits,
    )
    const [own = first] = ofRows(write, layout, shape, [first], 'int32')
    places = write.each('places', 'AddV2', [whole, own], 'int32')
  }
  const table = write.reals('levels', [levels.length], levels.length, (from, to) =>
    levels.subarray(from, to),
  )
  return write.lookedUp('found', table, places, write.wholes('axis', [0], []), 'float32')
}

/** Numbers of groups, of each row its own where blocks end short. */
function ofRows(
  write: DecodingWriter,
  layout: AffineTensor['groups'],
  { groups, rows }: WrittenShape,
  numbers: readonly string[],
  of: 'float32' | 'int32',
): readonly string[] {
  if (rows === null) return numbers
  const [sets = 1] = groups
  const own = write.counted('sets', [rows], rows, sets - 1, (row) => setOf(layout, row))
  const axis = write.wholes('along', [0], [])
  return numbers.map((name) => write.lookedUp(`${name}OfRows`, name, own, axis, of))
}

import { groupCount, groupOf, hasBlocks } from '../../../../core/group-layout'
import type { GroupLayout } from '../../../../core/group-layout'
import type { AffineTensor } from '../../../../core/encoded-tensor'
import { elementCount } from '../../../../core/tensor-spec'
import type { ExportTensor } from '../../../exporter'

/** Codes of a matrix, turned: a row for each output, in blocks of inputs. */
export interface BlockCodes {
  readonly bits: 2 | 4 | 8
  readonly rows: number
  readonly length: number
  readonly block: number
  /** Row by row, `length` in each. */
  readonly codes: Uint8Array
  /** Of each block, row by row. */
  readonly scale: Float32Array
  /** null: half of all codes, everywhere. */
  readonly zeroPoint: Uint8Array | null
}

/** Where one step is of a whole row, it is written for so many inputs each. */
const USUAL_BLOCK = 128
const LEAST_BLOCK = 16

/**
 * The codes of a matrix as `MatMulNBits` of onnxruntime holds them, each the very same value.
 * @param at where the number of an output and an input lies in the tensor
 * @returns null where it has no such codes: floats, tables, steps that lie otherwise
 */
export function blockCodes(
  tensor: ExportTensor,
  rows: number,
  length: number,
  at: (row: number, column: number) => number,
): BlockCodes | null {
  if (!('kind' in tensor) || tensor.kind !== 'affine') return null
  const { bits: own, fromFile, groups, zeroPoint } = tensor
  const bits = ([2, 4, 8] as const).find((most) => own <= most)
  if (bits === undefined || fromFile !== undefined || !zeroPoint.every(Number.isInteger))
    return null
  const block = blockOf(tensor, groups)
  if (block === null) return null
  const found = new Blocks(tensor, { bits, rows, length, block }, at)
  return found.centred() ?? found.shifted()
}

/** A power of two from 16 on; null: groups are none. */
function blockOf({ spec }: AffineTensor, groups: GroupLayout): number | null {
  if (!hasBlocks(groups) || groupCount(groups, elementCount(spec.shape)) === 1) return USUAL_BLOCK
  const { block } = groups
  return block >= LEAST_BLOCK && Number.isInteger(Math.log2(block)) ? block : null
}

type Sides = Pick<BlockCodes, 'bits' | 'rows' | 'length' | 'block'>

class Blocks {
  constructor(
    private readonly tensor: AffineTensor,
    private readonly sides: Sides,
    private readonly at: (row: number, column: number) => number,
  ) {}

  /** Codes from half of all on, which need no zero points. */
  centred(): BlockCodes | null {
    const half = 2 ** (this.sides.bits - 1)
    return this.made(() => half, false)
  }

  shifted(): BlockCodes | null {
    return this.made((group) => this.tensor.zeroPoint[group] ?? 0, true)
  }

  private made(zeroOf: (group: number) => number, isKept: boolean): BlockCodes | null {
    const { bits, block, length, rows } = this.sides
    const { codes: own, groups, mask, scale: steps, zeroPoint: zeros } = this.tensor
    const blocks = Math.ceil(length / block)
    const codes = new Uint8Array(rows * length)
    const scale = new Float32Array(rows * blocks)
    const zeroPoint = new Uint8Array(rows * blocks)
    const most = 2 ** bits - 1
    const isOne = steps.length === 1
    for (let row = 0, to = 0; row < rows; row++)
      for (let column = 0; column < length; column++, to++) {
        const from = this.at(row, column)
        const group = isOne ? 0 : groupOf(groups, from)
        const place = row * blocks + Math.floor(column / block)
        const [step, zero] = [steps[group] ?? 0, zeroOf(group)]
        if (column % block === 0) {
          scale[place] = step
          zeroPoint[place] = zero
        }
        const steady = scale[place] === step && zeroPoint[place] === zero
        const code = mask?.[from] === 0 ? zero : (own[from] ?? 0) - (zeros[group] ?? 0) + zero
        if (!steady || code < 0 || code > most) return null
        codes[to] = code
      }
    return { ...this.sides, codes, scale, zeroPoint: isKept ? zeroPoint : null }
  }
}

/** Rows of codes, each from a byte on, in room for whole blocks; the first code of a byte in its lowest bits. */
export function packedRows(
  codes: Uint8Array,
  { bits, length, room, rows }: { bits: number; rows: number; length: number; room: number },
): Uint8Array {
  const bytes = new Uint8Array(rows * room)
  const perByte = 8 / bits
  for (let row = 0, from = 0; row < rows; row++)
    for (let column = 0; column < length; column++, from++) {
      const place = row * room + Math.floor(column / perByte)
      bytes[place] = (bytes[place] ?? 0) | ((codes[from] ?? 0) << (bits * (column % perByte)))
    }
  return bytes
}

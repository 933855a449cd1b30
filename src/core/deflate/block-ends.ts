/** Pieces that are told apart: smaller ones find more ends, and each block costs a table of codes. */
const UNIT_BYTES = 1024
/** Most pieces of one file; in longer files they are larger. */
const MOST_UNITS = 4096
const SYMBOLS = 256

/**
 * Bits of a deflate block beside its symbols: the head and the run lengths of the lengths of codes,
 * then about so much for each byte value that occurs.
 */
const TABLE_BITS = 80
const TABLE_BITS_PER_VALUE = 4

/**
 * Finds where deflate should end its blocks, each of which has Huffman codes of its own: where the
 * share of the byte values changes, as it does from one tensor to the next. zlib by itself ends a block
 * when its buffer is full, wherever that is. Pieces of 1 KiB are joined with a neighbour as long as that
 * saves bits, the largest saving first.
 * @returns ends in ascending order, the last being the length; none of an empty file
 */
export function blockEnds(bytes: Uint8Array): number[] {
  const unit = UNIT_BYTES * Math.max(1, Math.ceil(bytes.length / (UNIT_BYTES * MOST_UNITS)))
  let blocks: Block[] = []
  for (let start = 0; start < bytes.length; start += unit) {
    const piece = bytes.subarray(start, start + unit)
    const counts = countValues(piece)
    const bits = blockBits(counts, piece.length)
    blocks.push({ end: start + piece.length, length: piece.length, counts, bits, gain: -1 })
  }
  blocks.forEach((block, index) => {
    block.gain = gainOf(block, blocks[index + 1])
  })
  for (;;) {
    const joined = joinBest(blocks)
    if (joined.length === blocks.length) return blocks.map(({ end }) => end)
    blocks = joined
  }
}

interface Block {
  end: number
  length: number
  readonly counts: Uint32Array
  bits: number
  /** Bits that joining it with the next block saves. */
  gain: number
}

/** Joins each pair that saves more than the pairs to its left and right would. */
function joinBest(blocks: readonly Block[]): Block[] {
  const result: Block[] = []
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i]
    const next = blocks[i + 1]
    if (block === undefined) continue
    const before = blocks[i - 1]?.gain ?? -1
    if (next === undefined || block.gain <= 0 || block.gain <= before || block.gain < next.gain) {
      result.push(block)
      continue
    }
    for (let value = 0; value < SYMBOLS; value++)
      block.counts[value] = (block.counts[value] ?? 0) + (next.counts[value] ?? 0)
    block.end = next.end
    block.length += next.length
    block.bits = block.bits + next.bits - block.gain
    result.push(block)
    const last = result.at(-2)
    if (last !== undefined) last.gain = gainOf(last, block)
    block.gain = gainOf(block, blocks[i + 2])
    i++
  }
  return result
}

function gainOf(block: Block, next: Block | undefined): number {
  if (next === undefined) return -1
  for (let value = 0; value < SYMBOLS; value++)
    together[value] = (block.counts[value] ?? 0) + (next.counts[value] ?? 0)
  return block.bits + next.bits - blockBits(together, block.length + next.length)
}

/** Counts of two blocks, for the moment of a sum. */
const together = new Uint32Array(SYMBOLS)

/** Bits of a block: its entropy and its table. */
function blockBits(counts: Uint32Array, length: number): number {
  let bits = length * log2(length)
  let used = 0
  for (const count of counts) {
    if (count === 0) continue
    used++
    bits -= count * log2(count)
  }
  return bits + TABLE_BITS + TABLE_BITS_PER_VALUE * used
}

function countValues(bytes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(SYMBOLS)
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
  return counts
}

const smallLogarithms = Float64Array.from({ length: 2048 }, (_, n) => logarithm(n))

/** Of a positive integer. */
function log2(n: number): number {
  return smallLogarithms[n] ?? logarithm(n)
}

/**
 * By operations that give the same bits in every engine, which `Math.log2` does not promise: equal files
 * must give equal archives everywhere.
 */
function logarithm(n: number): number {
  if (n < 1) return 0
  let exponent = 0
  let mantissa = n
  for (; mantissa >= 2; mantissa /= 2) exponent++
  const t = (mantissa - 1) / (mantissa + 1)
  const square = t * t
  const series = t * (1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square / 9))))
  return exponent + series * (2 / Math.LN2)
}

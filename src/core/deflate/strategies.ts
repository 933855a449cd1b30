import { deflateSync } from 'fflate'
import {
  Deflate,
  Z_BLOCK,
  Z_DEFAULT_STRATEGY,
  Z_FINISH,
  Z_FULL_FLUSH,
  Z_HUFFMAN_ONLY,
  Z_NO_FLUSH,
  Z_RLE,
} from 'pako'
import { joinBytes } from '../join-arrays'

/**
 * Ways of making a deflate stream, all of which every unzip reads, cheapest first.
 *
 * `huffman`: no search for repeats, which quantized weights in random order hardly have; `runs`: repeats
 * of the last byte alone, as pruned weights have them; `fflate6` and `fflate9`: repeats of whole floats,
 * as decoded weights have them, which fflate finds better than zlib for a quarter of the time; `zlib9`:
 * all repeats that zlib finds, for text and for very sparse codes.
 */
export type Strategy = 'huffman' | 'runs' | 'fflate6' | 'fflate9' | 'zlib9'

const fflateLevels = { fflate6: 6, fflate9: 9 } as const
const zlibStrategies = {
  huffman: Z_HUFFMAN_ONLY,
  runs: Z_RLE,
  zlib9: Z_DEFAULT_STRATEGY,
} as const

type ZlibStrategy = keyof typeof zlibStrategies

/** Bytes that go in at once: the dearest strategy takes some ten milliseconds for so many. */
const STEP_BYTES = 2 ** 14
/** How far back deflate can refer. */
const WINDOW_BYTES = 2 ** 15

function isZlib(strategy: Strategy): strategy is ZlibStrategy {
  return strategy in zlibStrategies
}

/**
 * Deflates in small pieces, yielding between them; fflate does it in one: its stream of pieces, in
 * 0.8.3, has distances that no decoder accepts where data starts with zeros.
 * @param ends of the blocks, as `blockEnds` finds them; fflate has its own
 */
export function* deflated(
  strategy: Strategy,
  bytes: Uint8Array,
  ends: readonly number[],
): Generator<undefined, Uint8Array> {
  if (isZlib(strategy)) return yield* zlibStream(strategy, bytes, ends, Z_FINISH)
  yield
  return deflateSync(bytes, { level: fflateLevels[strategy] })
}

/** The same, ending at a whole byte where another block may follow. */
export function unfinished(
  strategy: ZlibStrategy,
  bytes: Uint8Array,
  ends: readonly number[],
): Generator<undefined, Uint8Array> {
  return zlibStream(strategy, bytes, ends, Z_FULL_FLUSH)
}

/** Deflated length of bytes [start, end), as if everything before them had been deflated too. */
export function deflatedLength(
  strategy: Strategy,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): number {
  const before = bytes.slice(Math.max(0, start - WINDOW_BYTES), start)
  const piece = bytes.subarray(start, end)
  if (!isZlib(strategy))
    return deflateSync(piece, { level: fflateLevels[strategy], dictionary: before }).length
  const stream = zlib(strategy, before, piece.length)
  push(stream, piece, Z_FINISH)
  return stream.length
}

function* zlibStream(
  strategy: ZlibStrategy,
  bytes: Uint8Array,
  ends: readonly number[],
  last: typeof Z_FINISH | typeof Z_FULL_FLUSH,
): Generator<undefined, Uint8Array> {
  const stream = zlib(strategy)
  let at = 0
  for (const end of ends) {
    for (; at + STEP_BYTES < end; at += STEP_BYTES) {
      push(stream, bytes.subarray(at, at + STEP_BYTES), Z_NO_FLUSH)
      yield
    }
    push(stream, bytes.subarray(at, end), end === bytes.length ? last : Z_BLOCK)
    at = end
  }
  if (ends.length === 0) push(stream, bytes, last)
  return joinBytes(stream.parts)
}

interface ZlibStream {
  readonly deflate: Deflate
  readonly parts: Uint8Array[]
  length: number
}

/** @param length of all that goes in: short streams need less memory, which takes time to clear */
function zlib(
  strategy: ZlibStrategy,
  dictionary = new Uint8Array(0),
  length = Infinity,
): ZlibStream {
  const bitsOf = (bytes: number): number => Math.ceil(Math.log2(bytes + 1))
  const deflate = new Deflate({
    raw: true,
    level: 9,
    memLevel: Math.max(1, Math.min(9, bitsOf(length) - 6)),
    windowBits: Math.max(10, Math.min(15, bitsOf(length + dictionary.length))),
    strategy: zlibStrategies[strategy],
    dictionary,
  })
  const stream: ZlibStream = { deflate, parts: [], length: 0 }
  deflate.onData = (part) => {
    stream.parts.push(part)
    stream.length += part.length
  }
  // The parts are joined here.
  deflate.onEnd = () => undefined
  return stream
}

function push(
  { deflate }: ZlibStream,
  bytes: Uint8Array,
  flush: Parameters<Deflate['push']>[1],
): void {
  if (!deflate.push(bytes, flush)) throw new Error(`zlib stopped: ${deflate.msg}`)
}

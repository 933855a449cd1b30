import { blockEnds } from './block-ends'
import { deflated, deflatedLength, unfinished } from './strategies'
import type { Strategy } from './strategies'

/** Files up to this long are deflated by every strategy that may be the best. */
const TRIED_WHOLE_BYTES = 2 ** 18
/** Of longer ones so many pieces are, each with the window before it, spread over the file. */
const SAMPLES = 8
const SAMPLE_BYTES = 2 ** 13

/** Found in a moment in any file. */
const quick: readonly Strategy[] = ['huffman', 'runs', 'fflate6']
/** Ten times as dear, so for small archives alone. */
const thorough: readonly Strategy[] = ['fflate9', 'zlib9']

/** What searching longer never saves more than. */
const MOST_SAVED = 1 / 6
/** A dearer strategy has to save so much of a long file; in samples less than this is chance. */
const LEAST_SAVED = 1 / 64

/**
 * Deflates a file by the strategy that makes it smallest, yielding between small pieces. Short files
 * are tried whole, so the smallest is kept; of long ones samples decide, and one strategy is run.
 * Equal bytes give equal results in every engine.
 * @param thoroughly whether strategies may be tried that take ten times as long
 * @returns a raw deflate stream; null where none is shorter than the file
 */
export function* deflateSmallest(
  bytes: Uint8Array,
  thoroughly: boolean,
): Generator<undefined, Uint8Array | null> {
  const ends = blockEnds(bytes)
  yield
  const best =
    bytes.length <= TRIED_WHOLE_BYTES
      ? yield* triedWhole(bytes, ends, thoroughly)
      : yield* deflated(yield* chosen(bytes, thoroughly), bytes, ends)
  return best.length < bytes.length ? best : null
}

/**
 * Deflates text as the beginning of a stream that another block continues, whatever its size.
 */
export function* deflateUnfinished(bytes: Uint8Array): Generator<undefined, Uint8Array> {
  return yield* unfinished('zlib9', bytes, blockEnds(bytes))
}

/** Found in a moment, and may be followed by another block. */
const continued = ['huffman', 'runs', 'zlib9'] as const

/**
 * Deflates a piece of a large file as the beginning of a stream that another block continues; what no strategy makes
 * shorter is stored.
 */
export function* deflatePiece(bytes: Uint8Array): Generator<undefined, Uint8Array, undefined> {
  let [best, least]: [(typeof continued)[number], number] = ['huffman', Infinity]
  for (const strategy of continued) {
    const length = yield* sampledLength(strategy, bytes)
    if (length < least * (1 - LEAST_SAVED)) [best, least] = [strategy, length]
  }
  const deflated = yield* unfinished(best, bytes, blockEnds(bytes))
  const stored = storedBlocks(bytes)
  return deflated.length < stored.length ? deflated : stored
}

const MOST_STORED = 0xffff

/** Blocks that hold their bytes as they are, none of them the last (RFC 1951, 3.2.4). */
function storedBlocks(bytes: Uint8Array): Uint8Array {
  const count = Math.ceil(bytes.length / MOST_STORED)
  const out = new Uint8Array(bytes.length + 5 * count)
  for (let block = 0, at = 0; block < count; block++) {
    const part = bytes.subarray(block * MOST_STORED, (block + 1) * MOST_STORED)
    const { length } = part
    out.set([0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff], at)
    out.set(part, at + 5)
    at += 5 + length
  }
  return out
}

function* triedWhole(
  bytes: Uint8Array,
  ends: readonly number[],
  thoroughly: boolean,
): Generator<undefined, Uint8Array> {
  let best = yield* deflated('fflate6', bytes, ends)
  const repeats = best.length
  const keep = (candidate: Uint8Array): void => {
    if (candidate.length < best.length) best = candidate
  }
  for (const strategy of quick)
    if (strategy !== 'fflate6') keep(yield* deflated(strategy, bytes, ends))
  if (thoroughly && worthSearching(repeats, best.length))
    for (const strategy of thorough) keep(yield* deflated(strategy, bytes, ends))
  return best
}

function* chosen(bytes: Uint8Array, thoroughly: boolean): Generator<undefined, Strategy> {
  const lengths = new Map<Strategy, number>()
  for (const strategy of quick) lengths.set(strategy, yield* sampledLength(strategy, bytes))
  const repeats = lengths.get('fflate6') ?? 0
  if (thoroughly && worthSearching(repeats, Math.min(...lengths.values())))
    for (const strategy of thorough) lengths.set(strategy, yield* sampledLength(strategy, bytes))
  let best: Strategy = 'huffman'
  let least = lengths.get(best) ?? Infinity
  for (const [strategy, length] of lengths)
    if (length < least * (1 - LEAST_SAVED)) [best, least] = [strategy, length]
  return best
}

/** Not where repeats are far from paying, as in codes of four bits. */
function worthSearching(repeats: number, best: number): boolean {
  return repeats * (1 - MOST_SAVED) < best
}

function* sampledLength(strategy: Strategy, bytes: Uint8Array): Generator<undefined, number> {
  let length = 0
  for (let sample = 0; sample < SAMPLES; sample++) {
    const middle = Math.floor(((sample + 0.5) * bytes.length) / SAMPLES)
    const start = middle - SAMPLE_BYTES / 2
    length += deflatedLength(strategy, bytes, start, start + SAMPLE_BYTES)
    yield
  }
  return length
}

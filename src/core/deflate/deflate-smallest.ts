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

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { SplitName } from '../core/dataset-manifest'
import { StudioError } from '../core/errors'
import type { RawLabels } from './data-source'
import { areElements } from './element-targets'

/** Indices of samples, each in one split, in an order that depends on their content alone. */
export type SampleSplits = Readonly<Record<SplitName, Uint32Array>> & {
  /** Left out, because the same bytes are there already; `contradictions` had another label. */
  readonly duplicates: { readonly count: number; readonly contradictions: number }
}

export interface SplitRequest {
  /** For the error. */
  readonly dataset: string
  /** SHA-256 of each sample in hexadecimal. */
  readonly hashes: readonly string[]
  /** The class of each sample, null where there are none. */
  readonly strata: Int32Array | null
  readonly seed: number
}

/** In this order they are filled; what is left is for training. */
const shares = [
  { name: 'validation', share: 0.2, most: 5_000 },
  { name: 'test', share: 0.2, most: 10_000 },
  { name: 'calibration', share: 0.05, most: 1_000 },
] as const

const FEWEST = 4
/** A class with fewer samples cannot be in training, validation and test. */
const SPLIT_ALONE = 3
/** Below this there is nothing to calibrate or to train with: half to look at, half to test. */
const FEW = 40

/**
 * Splits samples by what they are: the place of a sample follows from its own hash and the seed, so
 * the order and the names of files change nothing. Classes get the same share of every split to
 * within one sample, those with one or two samples together. Of equal samples the first is kept.
 * @throws StudioError 'data/too-few'
 */
export function splitSamples({ dataset, hashes, strata, seed }: SplitRequest): SampleSplits {
  const { kept, duplicates } = withoutDuplicates(hashes, strata)
  if (kept.length < FEWEST)
    throw new StudioError('data/too-few', { dataset, found: kept.length, minimum: FEWEST })
  const ordered = kept
    .map((sample) => ({ sample, key: placeOf(hashes[sample] ?? '', seed) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.sample - b.sample))
    .map(({ sample }) => sample)
  const wanted = quotas(kept.length)
  const splits: Record<SplitName, number[]> = {
    train: [],
    calibration: [],
    validation: [],
    test: [],
  }
  for (const group of groupsOf(ordered, strata)) {
    let at = 0
    for (const { name, share } of wanted) {
      const count = Math.min(group.length - at, roundedShare(share, group.length))
      splits[name].push(...group.slice(at, at + count))
      at += count
    }
    splits[wanted.length === shares.length ? 'train' : 'test'].push(...group.slice(at))
  }
  const place = new Map(ordered.map((sample, index) => [sample, index]))
  const inOrder = (samples: readonly number[]): Uint32Array =>
    Uint32Array.from(samples).sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
  return {
    train: inOrder(splits.train),
    calibration: inOrder(splits.calibration),
    validation: inOrder(splits.validation),
    test: inOrder(splits.test),
    duplicates,
  }
}

function quotas(count: number): readonly { readonly name: SplitName; readonly share: number }[] {
  return count < FEW
    ? [{ name: 'validation', share: 0.5 }]
    : shares.map(({ name, share, most }) => ({ name, share: Math.min(share, most / count) }))
}

/** A class is in validation and in test as soon as it can be. */
function roundedShare(share: number, size: number): number {
  const count = Math.round(share * size)
  return count === 0 && share >= 0.2 && size >= 3 ? 1 : count
}

function withoutDuplicates(hashes: readonly string[], strata: Int32Array | null) {
  const first = new Map<string, number>()
  const kept: number[] = []
  let contradictions = 0
  hashes.forEach((hash, sample) => {
    const known = first.get(hash)
    if (known === undefined) {
      first.set(hash, sample)
      kept.push(sample)
    } else if (strata !== null && strata[known] !== strata[sample]) contradictions++
  })
  return { kept, duplicates: { count: hashes.length - kept.length, contradictions } }
}

function placeOf(hash: string, seed: number): string {
  return bytesToHex(sha256(utf8ToBytes(`${seed} ${hash}`)))
}

function groupsOf(ordered: readonly number[], strata: Int32Array | null): readonly number[][] {
  const groups = new Map<number, number[]>()
  for (const sample of ordered) {
    const stratum = strata?.[sample] ?? 0
    const known = groups.get(stratum)
    if (known === undefined) groups.set(stratum, [sample])
    else known.push(sample)
  }
  const all = [...groups.values()]
  // Classes of one or two samples are split together, or none of them would ever be looked at.
  const small = all.filter((group) => group.length < SPLIT_ALONE).flat()
  const large = all.filter((group) => group.length >= SPLIT_ALONE)
  return small.length === 0 ? large : [...large, small]
}

/**
 * One SHA-256 for a set of data: over the hashes of its samples, each with its label, sorted.
 * @param targets SHA-256 of the picture or array of each sample; null where labels are no such
 */
export function dataHash(
  hashes: readonly string[],
  labels: RawLabels | null,
  targets: readonly string[] | null = null,
): string {
  const lines = hashes
    .map((hash, sample) => `${hash} ${targets?.[sample] ?? labelText(labels, sample)}`)
    .sort()
  const whole = sha256.create()
  for (const line of lines) whole.update(utf8ToBytes(`${line}\n`))
  return bytesToHex(whole.digest())
}

function labelText(labels: RawLabels | null, sample: number): string {
  if (labels === null || areElements(labels)) return ''
  if (labels.kind === 'classes') return labels.classNames[labels.values[sample] ?? -1] ?? ''
  const width = labels.names.length
  return labels.values.subarray(sample * width, (sample + 1) * width).join(' ')
}

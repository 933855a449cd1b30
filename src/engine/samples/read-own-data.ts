import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import { elementCount } from '../../core/tensor-spec'
import { sampleCount } from '../../data/data-source'
import type { ArraySamples, ArrayTargets, DataSource, RawLabels } from '../../data/data-source'
import { requireSource } from '../../data/data-wishes'
import type { DataWishes } from '../../data/data-wishes'
import { readData } from '../../data/read-data'
import { withLeftOut } from '../../data/reading/reading'
import type { Reading, ReadingChoices } from '../../data/reading/reading'
import { dataHash, splitSamples } from '../../data/split-samples'
import type { SampleSplits } from '../../data/split-samples'
import type { OpenDataRequest, OwnDataFacts } from '../../protocol/data-messages'
import { droppedFile } from '../../protocol/dropped-file'
import type { OpenProgress } from '../../protocol/engine-messages'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import type { RunnableModel } from '../model/runnable-model'
import { outputForm } from './samples-for-model'
import { picturesOf } from './picture-source'
import type { SourcePictures } from './picture-source'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import type { Between } from '../../files/between'

const SPLIT_SEED = 42
/** Of broken files, so many are named. */
const NAMED = 20
/** Pictures that are decoded side by side. */
const AT_A_TIME = 8

/** People's own data once it has been read, hashed and split. */
export interface OwnData {
  readonly source: DataSource
  /** Of each input. */
  readonly pictures: readonly SourcePictures[]
  readonly splits: SampleSplits
  readonly facts: OwnDataFacts
}

/**
 * Reads people's own files: recognises them, hashes every sample, decodes every picture once so that
 * broken ones are known by name, and splits what is left.
 * @throws StudioError 'data/...', 'open/zip-...', 'open/not-read', 'engine/cancelled'
 */
export async function readOwnData(
  { files, choices }: Pick<OpenDataRequest, 'files' | 'choices'>,
  model: RunnableModel,
  tools: Toolbox,
  emit: Emit<OpenProgress>,
  signal: AbortSignal,
): Promise<OwnData> {
  const { step } = phaseSteps(tools.pace, emit, signal)
  emit({ phase: 'reading', done: 0, total: 0 })
  const read = await readData(files.map(droppedFile), wishesFor(model, choices), step('reading'))
  const found = requireSource(read)
  const hashed = await hashSamples(found, step('reading'))
  if (found.samples.some(({ kind }) => kind === 'images'))
    emit({ phase: 'decoding', done: 0, total: sampleCount(found) })
  const { kept, broken, alone } = await decodeAll(found, tools, step('decoding'))
  const source = withSamples(found, kept)
  const hashes = kept.map((sample) => hashed[sample] ?? '')
  const targets = await hashTargets(source, step('reading'))
  const strata = source.labels?.kind === 'classes' ? source.labels.values : null
  const splits = splitSamples({ dataset: source.name, hashes, strata, seed: SPLIT_SEED })
  return {
    source,
    splits,
    facts: {
      format: source.format,
      samples: kept.length,
      hash: dataHash(hashes, source.labels, targets),
      splitSeed: SPLIT_SEED,
      broken: { count: broken.length, examples: broken.slice(0, NAMED) },
      duplicates: splits.duplicates,
      reading: withBroken(read.reading, broken, alone),
    },
    pictures: source.samples.map((samples) => picturesOf(samples, tools)),
  }
}

/**
 * What is known before the files are read.
 * @param model null: none is open that runs
 */
export function wishesFor(
  model: Pick<RunnableModel, 'inputs' | 'outputs'> | null,
  choices: ReadingChoices,
): DataWishes {
  const inputs = model?.inputs ?? []
  return {
    choices,
    inputs: inputs.map(({ name, shape }) => ({ name, sides: shape.slice(1) })),
    output: model === null ? null : outputForm(model),
  }
}

/** Of what all inputs together are shown of each sample. */
async function hashSamples({ samples }: DataSource, between: Between): Promise<string[]> {
  const all: string[][] = []
  for (const one of samples)
    all.push(
      one.kind === 'images' ? await hashFiles(one.files, between) : await hashRows(one, between),
    )
  const [first = [], ...others] = all
  if (others.length === 0) return first
  const hashOfAll = (hash: string, at: number): string =>
    bytesToHex(sha256(utf8ToBytes([hash, ...others.map((more) => more[at] ?? '')].join(' '))))
  return first.map(hashOfAll)
}

/** Of the picture or array of each sample; null where labels are no such. */
async function hashTargets(source: DataSource, between: Between): Promise<string[] | null> {
  const { labels } = source
  if (labels?.kind === 'pictures') return hashFiles(labels.files, between)
  if (labels?.kind !== 'arrays') return null
  return hashRows({ ...labels, count: sampleCount(source) }, between)
}

async function hashFiles(files: readonly BundleFile[], between: Between): Promise<string[]> {
  const hashes: string[] = []
  for (const file of files) {
    hashes.push(bytesToHex(sha256(await readBytes(file, 0, file.size))))
    await between(hashes.length, files.length)
  }
  return hashes
}

interface Rows extends Pick<ArraySamples, 'count' | 'shape'> {
  readonly values: ArraySamples['values'] | ArrayTargets['values']
}

async function hashRows({ count, shape, values }: Rows, between: Between): Promise<string[]> {
  const hashes: string[] = []
  const size = elementCount(shape) * values.BYTES_PER_ELEMENT
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  for (let sample = 0; sample < count; sample++) {
    hashes.push(bytesToHex(sha256(bytes.subarray(sample * size, (sample + 1) * size))))
    if (sample % 64 === 0) await between(sample, count)
  }
  return hashes
}

/** @returns the samples that can be shown, what is wrong with the others, and partners that are left behind */
async function decodeAll(
  source: DataSource,
  { environment }: Toolbox,
  between: Between,
): Promise<{ kept: number[]; broken: StudioErrorData[]; alone: string[] }> {
  const { name, labels } = source
  // Arrays lie beside arrays, and of those none is broken.
  const [samples] = source.samples
  if (samples.kind === 'numbers')
    return {
      kept: Array.from({ length: samples.count }, (_, sample) => sample),
      broken: [],
      alone: [],
    }
  const { files } = samples
  const kept: number[] = []
  const found: StudioErrorData[] = []
  const alone: string[] = []
  const partnerOf = (sample: number): BundleFile | undefined =>
    labels?.kind === 'pictures' ? labels.files[sample] : undefined
  const broken = async (file: BundleFile): Promise<StudioErrorData | null> => {
    try {
      await environment.decodeImage(file.path, await readBytes(file, 0, file.size))
      return null
    } catch (thrown) {
      return brokenImage(file.path, thrown)
    }
  }
  for (let at = 0; at < files.length; at += AT_A_TIME) {
    const results = await Promise.all(
      files.slice(at, at + AT_A_TIME).map(async (file, index) => {
        const target = partnerOf(at + index)
        return (await broken(file)) ?? (target === undefined ? null : await broken(target))
      }),
    )
    results.forEach((error, index) => {
      if (error === null) kept.push(at + index)
      else {
        found.push(error)
        const target = partnerOf(at + index)
        if (target === undefined) return
        const left = [files[at + index], target].find((file) => file?.path !== error.params['file'])
        alone.push(left?.path ?? '')
      }
    })
    await between(Math.min(at + AT_A_TIME, files.length), files.length)
  }
  const [example] = found
  if (kept.length === 0 && example !== undefined)
    throw new StudioError('data/no-image-decodes', {
      dataset: name,
      found: files.length,
      example: String(example.params['file'] ?? ''),
      reason: String(example.params['reason'] ?? example.code),
    })
  return { kept, broken: found, alone }
}

/** How the files were understood, with what turned out to be no picture. */
function withBroken(
  reading: Reading,
  broken: readonly StudioErrorData[],
  alone: readonly string[],
): Reading {
  const { account } = reading
  const names = broken.map(({ params }) => baseName(String(params['file'] ?? '')))
  const read = account.read - broken.length - alone.length
  const left = { broken: names, unpaired: alone }
  return { ...reading, account: withLeftOut({ ...account, read }, left) }
}

function withSamples(source: DataSource, kept: readonly number[]): DataSource {
  const { labels } = source
  const [samples] = source.samples
  if (samples.kind === 'numbers' || kept.length === samples.files.length) return source
  return {
    ...source,
    samples: [{ kind: 'images', files: kept.flatMap((sample) => samples.files[sample] ?? []) }],
    labels: labels === null ? null : keptLabels(labels, kept),
  }
}

function keptLabels(labels: RawLabels, kept: readonly number[]): RawLabels {
  if (labels.kind === 'pictures')
    return { ...labels, files: kept.flatMap((sample) => labels.files[sample] ?? []) }
  // Arrays lie beside arrays, and of those none is broken.
  if (labels.kind === 'arrays') return labels
  if (labels.kind === 'classes')
    return { ...labels, values: Int32Array.from(kept, (sample) => labels.values[sample] ?? 0) }
  const width = labels.names.length
  const values = new Float64Array(kept.length * width)
  kept.forEach((sample, row) => {
    values.set(labels.values.subarray(sample * width, (sample + 1) * width), row * width)
  })
  return { ...labels, values }
}

/** A broken picture, as it is counted. */
function brokenImage(file: string, thrown: unknown): StudioErrorData {
  if (thrown instanceof StudioError) return thrown.toData()
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new StudioError('data/image-broken', { file, reason }).toData()
}

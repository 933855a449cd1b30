import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { strToU8 } from 'fflate'
import { StudioError } from '../core/errors'
import type { FormatId, OriginalSummary, RemovedParts } from '../core/model-summary'
import { sha256InPieces } from '../core/sha256-in-pieces'
import type { Between } from '../files/between'
import { parseJson } from '../files/read-json'
import type { ZipSource } from '../files/zip-writer'
import type { CodedActivation, CodedActivations, MovedScales, StoredTensor } from './exporter'
import { noFigures, reportFigures } from './report-figures'
import type { FigurePlace, ReportedFigures } from './report-figures'

const FORMAT = 'compression-studio-report'
/**
 * 2: layers and tensors are tables, and figures of the finished file stand at the end.
 * 3: `original` is what was opened, also where filters were removed from it, and `removed` says which.
 * 4: `runtime` is what measured, and `activations` how they became codes.
 * 5: one whole hash of all decoded values, and of each tensor's as many digits as tell which is another one: hashes
 * are what no zip makes smaller. Figures of layers have as many digits as somebody reads.
 */
const VERSION = 5

/** Enough to name the tensor that is another one; that there is one, the whole hash says. */
const DIGITS_OF_HASH = 8

const DIGITS_OF_FIGURE = 5

export interface HashedFile {
  readonly path: string
  readonly bytes: number
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string
}

/** The data that was measured on, and how it was shown to the model. */
export interface ReportedData {
  readonly name: string
  /** SHA-256 over samples and labels; null for built-in data. */
  readonly hash: string | null
  readonly settings: object
}

export interface ReportedLayer {
  readonly name: string
  readonly className: string
  readonly weights: number
  readonly zeros: number
  readonly bits: number | null
  readonly mse: number
  /** null where nothing changed. */
  readonly sqnrDb: number | null
}

export interface ReportedTensor extends StoredTensor {
  /** SHA-256 of the decoded values as they were measured, little-endian float32. */
  readonly decodedSha256: string
}

interface WrittenTensor extends StoredTensor {
  /** The first digits of SHA-256 of the decoded values. */
  readonly decoded: string
}

/**
 * Everything the report says before the file is measured; it holds no time and no machine, so equal
 * settings give equal bytes.
 */
export interface ReportContent {
  readonly model: string
  readonly modelFormat: FormatId
  /** Of this model. */
  readonly parameters: number
  readonly versions: Readonly<Record<string, string>>
  readonly recipe: object
  readonly seed: number
  /** The training runs that made the weights which the recipe works on, oldest first. */
  readonly training: readonly object[]
  readonly layers: readonly ReportedLayer[]
  readonly tensors: readonly ReportedTensor[]
  readonly files: readonly HashedFile[]
  /** Where scales have moved from one tensor into another; left out: nowhere. */
  readonly scales?: MovedScales
  /** Layers of normalizations that are parts of kernels and biases in these files; left out: none. */
  readonly folded?: readonly string[]
  /** How activations of this file are codes, and over which ranges; left out: they are not, or as they come. */
  readonly activations?: CodedActivations
  /** What was opened first: every figure that is called original is of it. */
  readonly original: OriginalSummary
  /** What this model lacks of it, and what removed that; null: nothing. */
  readonly removed: (RemovedParts & { readonly cuts: readonly object[] }) | null
  /** What the opened model calls its outputs, in their order; left out where it gives them as a list. */
  readonly outputs?: readonly string[]
  /** null: none was attached. */
  readonly data: ReportedData | null
  /** What steps knew of the layers' inputs, and from where; null where none asked. */
  readonly calibration: object | null
  /** What will be measured on the finished file. */
  readonly places: readonly FigurePlace[]
}

/** SHA-256 and size of each file, in pieces so that the caller stays responsive. */
export async function hashFiles(
  files: readonly Omit<ZipSource, 'tail'>[],
  between: Between,
): Promise<HashedFile[]> {
  const total = files.reduce((sum, file) => sum + (file.size ?? file.bytes.length), 0)
  const hashed: HashedFile[] = []
  let done = 0
  for (const file of files) {
    const { path } = file
    const { read, size } = readerOf(file)
    const sha256 = await sha256InPieces(size, read, (ofFile) => between(done + ofFile, total))
    done += size
    hashed.push({ path, bytes: size, sha256 })
  }
  return hashed
}

/** What is made when it is read is made once, or in pieces where it can be. */
function readerOf(file: Omit<ZipSource, 'tail'>) {
  if (file.read !== undefined && file.size !== undefined)
    return { size: file.size, read: file.read.bind(file) }
  const { bytes } = file
  const read = (from: number, to: number): Uint8Array => bytes.subarray(from, to)
  return { size: bytes.length, read }
}

/**
 * Writes report.json, the file by which an export can be checked and repeated. Its figures are its tail,
 * of a length that does not depend on them.
 */
export function writeReport(
  { activations, places, layers, tensors, ...facts }: ReportContent,
  figures: ReportedFigures = noFigures,
): ZipSource {
  const decodedSha256 = hashOfAll(tensors)
  const entries = [
    ...Object.entries({ format: FORMAT, version: VERSION, ...facts, decodedSha256 }).map(
      ([key, value]) => [key, JSON.stringify(value)] as const,
    ),
    ...(activations === undefined ? [] : [['activations', activationsJson(activations)] as const]),
    ['layers', table(layerColumns, layers.map(shortened))] as const,
    ['tensors', table(tensorColumns, tensors.map(writtenTensor))] as const,
  ]
  const head = `{\n${entries.map(([key, json]) => `"${key}":${json},\n`).join('')}`
  return { path: 'report.json', ...headAndTail(head, reportFigures(places, figures), places) }
}

/** SHA-256 over the SHA-256 of each tensor's decoded values, 32 bytes each, in the order of the table. */
function hashOfAll(tensors: readonly ReportedTensor[]): string {
  const hashes = tensors.map(({ decodedSha256 }) => decodedSha256)
  return bytesToHex(sha256(hexToBytes(hashes.join(''))))
}

function writtenTensor({ decodedSha256, ...stored }: ReportedTensor): WrittenTensor {
  return { ...stored, decoded: decodedSha256.slice(0, DIGITS_OF_HASH) }
}

function shortened({ mse, sqnrDb, ...layer }: ReportedLayer): ReportedLayer {
  return { ...layer, mse: shortFigure(mse), sqnrDb: sqnrDb === null ? null : shortFigure(sqnrDb) }
}

function shortFigure(value: number): number {
  return Number(value.toPrecision(DIGITS_OF_FIGURE))
}

/** Files without places have no figures, and so nothing that changes. */
export function headAndTail(
  head: string,
  tail: string,
  places: readonly FigurePlace[],
): Pick<ZipSource, 'bytes' | 'tail'> {
  return places.length === 0
    ? { bytes: strToU8(head + tail) }
    : { bytes: strToU8(head), tail: strToU8(tail) }
}

/** Every key of a row, so that none can be forgotten. */
type Columns<Row> = Readonly<Record<keyof Row, true>>

const layerColumns: Columns<ReportedLayer> = {
  name: true,
  className: true,
  weights: true,
  zeros: true,
  bits: true,
  mse: true,
  sqnrDb: true,
}

const tensorColumns: Columns<WrittenTensor> = {
  name: true,
  storedAs: true,
  bytes: true,
  reason: true,
  decoded: true,
}

const codeColumns: Columns<CodedActivation> = {
  name: true,
  low: true,
  high: true,
  scale: true,
  zeroPoint: true,
}

function activationsJson({ values, ...how }: CodedActivations): string {
  return `${JSON.stringify(how).slice(0, -1)},"values":${table(codeColumns, values)}}`
}

/** Says each key once, and each row on a line. */
function table<Row extends object>(columns: Columns<Row>, rows: readonly Row[]): string {
  const keys = Object.keys(columns)
  const lines = rows.map((row) => JSON.stringify(keys.map((key) => Reflect.get(row, key))))
  return `{"columns":${JSON.stringify(keys)},"rows":[\n${lines.join(',\n')}]}`
}

/**
 * Reads the hashes out of a report.json; a file that is not a report of the studio gives none.
 * @returns SHA-256 by path
 */
export function readReportHashes(file: string, bytes: Uint8Array): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>()
  let report
  try {
    report = parseJson(file, bytes)
  } catch (error) {
    // Somebody else's report.json need not even be JSON; it is no part of the model.
    if (error instanceof StudioError) return hashes
    throw error
  }
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return hashes
  const { format, files } = report
  if (format !== FORMAT || !Array.isArray(files)) return hashes
  for (const item of files) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) continue
    const { path, sha256 } = item
    if (typeof path === 'string' && typeof sha256 === 'string' && /^[\da-f]{64}$/.test(sha256))
      hashes.set(path, sha256)
  }
  return hashes
}

import type { BundleFile } from '../files/file-bundle'

/**
 * People's own data as their files hold it: samples, and labels where there are some. Nothing here
 * says what a label means; that is the task's business.
 */
export interface DataSource {
  /** For titles: the name of the dropped file or folder, without extension. */
  readonly name: string
  readonly format: DataFormat
  /** What each input of the model is shown, in the order of the inputs: equally many samples for all. */
  readonly samples: AllSamples
  /** null: unlabelled. */
  readonly labels: RawLabels | null
}

export type InputSamples = ArraySamples | ImageSamples
export type AllSamples = readonly [InputSamples, ...InputSamples[]]

export function sampleCount({ samples: [first] }: Pick<DataSource, 'samples'>): number {
  return first.kind === 'images' ? first.files.length : first.count
}

export type DataFormat = 'images' | 'npy' | 'npz' | 'idx' | 'table'

/** Samples that are numbers, in one dense array in memory. */
export interface ArraySamples {
  readonly kind: 'numbers'
  readonly count: number
  /** Of one sample, without the batch. */
  readonly shape: readonly number[]
  /** Row-major, count x elements of a sample, finite. */
  readonly values: Uint8Array | Float32Array
  /** Where they were read, for what is said of them. */
  readonly origin?: SampleOrigin
}

export interface SampleOrigin {
  readonly file: string
  /** Rows of the file, from 0, where some were left out. */
  readonly rows?: Uint32Array
  /** Where there are several files: each, and the rows before it. */
  readonly parts?: readonly { readonly file: string; readonly rows: number }[]
  /** Names of the numbers of a sample, where they have some. */
  readonly columns?: readonly string[]
}

/** Samples that are image files, read and decoded only when they are needed. */
export interface ImageSamples {
  readonly kind: 'images'
  readonly files: readonly BundleFile[]
}

export type RawLabels = ClassLabels | NumberLabels | PictureTargets | ArrayTargets

/** A picture for each sample, that a model should make of it: a clean one of a noisy one, a mask. */
export interface PictureTargets {
  readonly kind: 'pictures'
  /** Read and decoded only when they are needed. */
  readonly files: readonly BundleFile[]
}

/** An array for each sample, that a model should make of it. */
export interface ArrayTargets {
  readonly kind: 'arrays'
  /** Of one sample, without the batch. */
  readonly shape: readonly number[]
  /** Row-major, finite; bytes are parts of 255. */
  readonly values: Uint8Array | Float64Array
}

/** One class a sample, by name: folders, texts, the different values of a column. */
export interface ClassLabels {
  readonly kind: 'classes'
  readonly classNames: readonly string[]
  /** What the names are as numbers, where the files have numbers; smallest first. */
  readonly numbers?: readonly number[]
  /** Index into `classNames` of each sample. */
  readonly values: Int32Array
}

/** One or more numbers a sample: quantities, yes and no, one column a class. */
export interface NumberLabels {
  readonly kind: 'numbers'
  /** Names of the columns; '' where the file has none. */
  readonly names: readonly string[]
  /** Row-major, count x columns, finite. */
  readonly values: Float64Array
}

import { StudioError } from '../../core/errors'
import type { TensorSpec } from '../../core/tensor-spec'
import { limits } from '../../files/limits'
import { checkName } from '../../files/read-json'
import type { Json, JsonObject } from '../../files/read-json'
import { ConfigReader, fieldError, readerOf } from './config-reader'
import { shardPath } from './shard-path'

type StoredAs = 'float32' | 'float16' | 'uint16' | 'uint8' | 'int32' | 'bool'

/** One entry of `weightsManifest[].weights`, checked. */
export interface ManifestEntry {
  readonly field: string
  /** As the file spells it. */
  readonly name: string
  readonly shape: readonly number[]
  readonly elements: number
  readonly dtype: TensorSpec['dtype']
  readonly storedAs: StoredAs
  readonly bytes: number
  /** Of uint8 and uint16 entries; 1 and 0 otherwise. */
  readonly scale: number
  readonly min: number
  /** State of the optimizer: skipped, it is no part of the model. */
  readonly optimizer: boolean
}

export interface ManifestGroup {
  /** Of files beside model.json, in the spelling of `shardPath`. */
  readonly paths: readonly string[]
  readonly entries: readonly ManifestEntry[]
}

/** Bytes that the files of a group have together. */
export function groupBytes({ entries }: ManifestGroup): number {
  return entries.reduce((sum, entry) => sum + entry.bytes, 0)
}

/** Where a .keras file keeps the state of the optimizer; the stock converter hands it on as weights. */
const OPTIMIZER = /^optimizer\/vars\/\d+$/

const bytesPerElement: Readonly<Record<StoredAs, number>> = {
  float32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
  int32: 4,
  bool: 1,
}

/**
 * Checks `weightsManifest` before a byte of weights is read or an array allocated.
 * @param place what messages call the list
 * @throws StudioError 'open/field', 'open/unsafe-path', 'open/duplicate-name', 'open/forbidden-name',
 * 'open/unsupported-dtype', 'open/shape-too-large', 'open/too-many'
 */
export function parseManifest(
  file: string,
  root: JsonObject,
  place = 'weightsManifest',
): ManifestGroup[] {
  const reader = new ManifestReader(file)
  const groups = new ConfigReader(file, '', root)
    .array('weightsManifest')
    .map((group, index) => reader.group(`${place}[${index}]`, group))
  return groups
}

class ManifestReader {
  private readonly names = new Map<string, string>()
  private readonly paths = new Map<string, string>()
  private elements = 0

  constructor(private readonly file: string) {}

  group(field: string, value: JsonObject[string]): ManifestGroup {
    const json = readerOf(this.file, field, value)
    const paths = json.array('paths').map((path, index) => this.path(json, path, index))
    const entries = json.array('weights').map((entry, index) => this.entry(json, entry, index))
    if (paths.length === 0 && entries.length > 0) json.fail('paths', 'at least one file name')
    return { paths, entries }
  }

  /** A shard is looked up among the dropped files only; a path that could mean more is refused. */
  private path(json: ConfigReader, path: JsonObject[string], index: number): string {
    const field = `${json.path('paths')}[${index}]`
    if (typeof path !== 'string' || path === '')
      throw fieldError(this.file, field, 'a file name', path)
    const clean = shardPath(path)
    if (clean === null) throw new StudioError('open/unsafe-path', { file: this.file, field, path })
    this.once(this.paths, field, clean)
    return clean
  }

  private once(seen: Map<string, string>, field: string, name: string): void {
    const first = seen.get(name)
    if (first !== undefined)
      throw new StudioError('open/duplicate-name', { file: this.file, field, name, first })
    seen.set(name, field)
  }

  private entry(group: ConfigReader, value: JsonObject[string], index: number): ManifestEntry {
    const field = `${group.path('weights')}[${index}]`
    const json = readerOf(this.file, field, value)
    const name = json.string('name')
    checkName(this.file, json.path('name'), name)
    this.once(this.names, field, name)
    if (this.names.size > limits.tensors)
      throw new StudioError('open/too-many', {
        file: this.file,
        field: group.path('weights'),
        found: this.names.size,
        limit: limits.tensors,
      })
    const { dtype, storedAs, scale, min } = this.encoding(json, name)
    const shape = json.array('shape')
    if (!shape.every(isSide)) json.fail('shape', 'a list of whole numbers from 0')
    const sides = shape.filter(isSide)
    const elements = this.count(json.path('shape'), name, sides)
    return {
      field,
      name,
      shape: sides,
      elements,
      dtype,
      storedAs,
      bytes: elements * bytesPerElement[storedAs],
      scale,
      min,
      optimizer: json.object['group'] === 'optimizer' || OPTIMIZER.test(name),
    }
  }

  /** Multiplies with a bound at every step: a shape is a promise until the bytes are seen. */
  private count(field: string, tensor: string, shape: readonly number[]): number {
    let elements = 1
    for (const side of shape) elements *= side
    this.elements += elements
    if (!(this.elements <= limits.elements))
      throw new StudioError('open/shape-too-large', {
        file: this.file,
        field,
        tensor,
        elements: Number.isSafeInteger(elements) ? elements : shape.join(' × '),
        limit: limits.elements,
      })
    return elements
  }

  private encoding(
    json: ConfigReader,
    tensor: string,
  ): Pick<ManifestEntry, 'dtype' | 'storedAs' | 'scale' | 'min'> {
    const refuse = (field: string, dtype: string): never => {
      throw new StudioError('open/unsupported-dtype', { file: this.file, field, tensor, dtype })
    }
    const dtype = json.string('dtype')
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
      return refuse(json.path('dtype'), dtype)
    if (json.object['quantization'] === undefined)
      return { dtype, storedAs: dtype, scale: 1, min: 0 }
    const quantization = json.reader('quantization')
    const stored = quantization.string('dtype')
    const at = quantization.path('dtype')
    if (dtype === 'bool') return refuse(at, `${stored} for bool`)
    if (stored === 'float16')
      return dtype === 'float32'
        ? { dtype, storedAs: stored, scale: 1, min: 0 }
        : refuse(at, `float16 for ${dtype}`)
    if (stored !== 'uint8' && stored !== 'uint16') return refuse(at, stored)
    const scale = finite(quantization, 'scale')
    const min = finite(quantization, 'min')
    const largest = stored === 'uint8' ? 255 : 65_535
    if (dtype === 'float32' && !Number.isFinite(Math.fround(largest * scale + min)))
      quantization.fail('scale', 'a scale whose largest value is a finite float32')
    return { dtype, storedAs: stored, scale, min }
  }
}

function finite(json: ConfigReader, key: string): number {
  const value = json.object[key]
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : json.fail(key, 'a finite number')
}

/** A tensor of nothing, such as the sides of a single number, is one too: converters write those. */
function isSide(value: Json): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

import { strToU8 } from 'fflate'
import { StudioError } from '../../core/errors'
import type { Precision } from '../../core/model-summary'
import type { Between } from '../../files/between'
import type { ExportedFile, ExportedModel, Exporter, ExportTensor } from '../exporter'
import type { OpenedModel } from '../format'
import { elementTypes } from '../named-weights/element-types'
import { acceptsPrecision, storedForms } from '../tfjs-files/stored-values'
import { STUDIO_KEY } from './coded-weights'
import type { CodesInFile, StudioMetadata } from './coded-weights'
import { heldTensor } from './held-tensor'
import type { HeldForm, TensorPart } from './held-tensor'
import { usageOf } from './usage'

/** Larger models are several files and an index, so that no more than about so much is made at once. */
const SHARD_BYTES = 128 * 2 ** 20
/** Bytes that are made of a tensor at once. */
const BLOCK = 4 * 2 ** 20
/** The data begins where elements of all types may. */
const ALIGNMENT = 8

/** Weights by name as safetensors reads them, with what decodes codes in the metadata. */
export const safetensorsExporter: Exporter = {
  container: 'safetensors',
  precisions: ['exact', 'float32', 'float16'],
  accepts: (model, tensors, precision) =>
    model.weights.length === 0
      ? new StudioError('export/no-weights', {}).toData()
      : acceptsPrecision(model, tensors, precision),
  store: heldTensor,
  write,
}

async function write(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
  between: Between,
): Promise<ExportedModel> {
  const forms = await storedForms(heldTensor, model, tensors, precision, between)
  const names = new PartNames(forms)
  const shards = cut(forms)
  const files = shards.map(
    (own, index) =>
      new WeightFile(pathOf(index, shards.length), own, names, metadataOf(model.metadata)),
  )
  const weightBytes = files.reduce((sum, { size }) => sum + size, 0)
  return {
    files: files.length > 1 ? [...files, indexOf(files)] : files,
    tensors: forms.map(({ name, storedAs, bytes, reason }) => ({ name, storedAs, bytes, reason })),
    held: forms,
    shardBytes: weightBytes,
    usage: usageOf(
      files.map(({ path }) => path),
      forms.some(({ codes }) => codes !== null),
    ),
  }
}

function metadataOf(metadata: object | null): Readonly<Record<string, string>> {
  const texts = Object.entries(metadata ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(texts)
}

/** One after the other until a file is full; a tensor is never cut. */
function cut(forms: readonly HeldForm[]): readonly (readonly HeldForm[])[] {
  const shards: HeldForm[][] = [[]]
  let bytes = 0
  for (const form of forms) {
    if (bytes > 0 && bytes + form.bytes > SHARD_BYTES) {
      shards.push([])
      bytes = 0
    }
    shards.at(-1)?.push(form)
    bytes += form.bytes
  }
  return shards
}

function pathOf(index: number, count: number): string {
  const number = (value: number): string => String(value).padStart(5, '0')
  return count === 1
    ? 'model.safetensors'
    : `model-${number(index + 1)}-of-${number(count)}.safetensors`
}

/** What `from_pretrained` and the studio look for beside several files. */
function indexOf(files: readonly WeightFile[]): ExportedFile {
  const places = files.flatMap(({ path, tensorNames }) => tensorNames.map((name) => [name, path]))
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const json = { metadata: { total_size: total }, weight_map: Object.fromEntries(places) as object }
  const bytes = strToU8(JSON.stringify(json))
  return {
    ...{ path: 'model.safetensors.index.json', size: bytes.length },
    ...{ holdsWeights: false, bytes },
  }
}

/** Names of the tensors that a weight is held in: its own, and for parts of codes some that no weight has. */
class PartNames {
  private readonly taken: Set<string>
  private readonly known = new Map<TensorPart, string>()

  constructor(forms: readonly HeldForm[]) {
    this.taken = new Set(forms.map(({ name }) => name))
  }

  of({ name }: HeldForm, part: TensorPart): string {
    if (part.part === 'itself') return name
    let own = this.known.get(part)
    if (own === undefined) {
      own = `${name}.${part.part}`
      while (this.taken.has(own)) own += '_'
      this.taken.add(own)
      this.known.set(part, own)
    }
    return own
  }
}

interface PlacedPart {
  readonly name: string
  readonly part: TensorPart
}

/** A file whose bytes are made when they are read. */
class WeightFile implements ExportedFile {
  readonly holdsWeights = true
  private readonly parts: readonly PlacedPart[]
  private readonly header: Uint8Array

  constructor(
    readonly path: string,
    forms: readonly HeldForm[],
    names: PartNames,
    metadata: Readonly<Record<string, string>>,
  ) {
    const all = forms.flatMap((form) =>
      form.parts.map((part) => ({ name: names.of(form, part), part })),
    )
    // Wide elements first, so that each begins at a multiple of its width.
    this.parts = all.toSorted((one, other) => widthOf(other) - widthOf(one))
    const told: StudioMetadata = {
      version: 1,
      weights: forms.map((form) => [form.name, codesOf(form, names)]),
    }
    this.header = headerOf(this.parts, { ...metadata, [STUDIO_KEY]: JSON.stringify(told) })
  }

  get tensorNames(): readonly string[] {
    return this.parts.map(({ name }) => name)
  }

  get size(): number {
    return this.header.length + this.parts.reduce((sum, { part }) => sum + part.bytes, 0)
  }

  get bytes(): Uint8Array {
    const out = new Uint8Array(this.size)
    out.set(this.header)
    let position = this.header.length
    for (const { part } of this.parts) {
      for (let from = 0; from < part.bytes; from += BLOCK)
        out.set(part.content(from, Math.min(part.bytes, from + BLOCK)), position + from)
      position += part.bytes
    }
    return out
  }
}

function widthOf({ part }: PlacedPart): number {
  return elementTypes[part.type].bits
}

function codesOf(form: HeldForm, names: PartNames): CodesInFile | null {
  if (form.codes === null) return null
  const parts = form.parts.map((part) => [part.part, names.of(form, part)] as const)
  return { codes: '', ...Object.fromEntries(parts), ...form.codes }
}

/** Length, JSON, and spaces up to where data may begin. */
function headerOf(
  parts: readonly PlacedPart[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let position = 0
  const entries = parts.map(({ name, part: { bytes, shape, type } }) => {
    const begin = position
    position += bytes
    return [name, { dtype: type, shape, data_offsets: [begin, position] }] as const
  })
  const all = [['__metadata__', metadata] as const, ...entries]
  const members = all.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  // By hand: a name that is a number would come first in an object.
  const json = strToU8(`{${members.join(',')}}`)
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT
  const header = new Uint8Array(8 + length).fill(0x20, 8)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(json, 8)
  return header
}

import { strToU8 } from 'fflate'
import { groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { describeValue, shortText } from '../../core/short-text'
import { elementCount } from '../../core/tensor-spec'
import type { BundleFile } from '../../files/file-bundle'
import { parseJson } from '../../files/read-json'
import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { tensorError } from '../named-weights/tensor-error'
import { STUDIO_KEY } from './coded-weights'
import type { HeaderEntry, SafetensorsHeader } from './read-header'

/** Codes and all that decodes them, checked. */
export interface CheckedCodes {
  readonly codes: HeaderEntry
  readonly bits: number
  readonly groups: GroupLayout
  /** Of scale and zero point, or the levels of all groups. */
  readonly decoding:
    | { readonly kind: 'affine'; readonly scale: HeaderEntry; readonly zeroPoint: HeaderEntry }
    | { readonly kind: 'codebook'; readonly levels: HeaderEntry }
  /** The code that means zero beside all others; null where none does. */
  readonly zero: number | null
}

type StudioWeight =
  | { readonly how: null; readonly entry: HeaderEntry }
  | { readonly how: CheckedCodes; readonly name: string }

/**
 * Reads what the studio has told of its file.
 * @returns null where it did not write it
 * @throws StudioError 'open/tensor-field', 'open/json-...'
 */
export function studioWeights(
  file: BundleFile,
  { entries, metadata }: SafetensorsHeader,
): readonly StudioWeight[] | null {
  const text = metadata.get(STUDIO_KEY)
  if (text === undefined) return null
  const root = parseJson(file.path, strToU8(text))
  const reader = new MetadataReader(file.path, entries)
  const weights = reader.weights(root)
  reader.allTold()
  return weights
}

/** Each tensor of the file is told once, by itself or as a part of codes. */
class MetadataReader {
  private readonly byName: Map<string, HeaderEntry>
  private readonly names = new Set<string>()

  constructor(
    private readonly file: string,
    entries: readonly HeaderEntry[],
  ) {
    this.byName = new Map(entries.map((entry) => [entry.name, entry]))
  }

  weights(root: Json): StudioWeight[] {
    if (!isObject(root)) throw this.error('', 'an object', root)
    if (root['version'] !== 1) throw this.error('.version', '1', root['version'])
    const { weights } = root
    if (!Array.isArray(weights)) throw this.error('.weights', 'a list', weights)
    return weights.map((item, index) => this.weight(`.weights[${index}]`, item))
  }

  allTold(): void {
    for (const name of this.byName.keys())
      throw this.error('.weights', `"${shortText(name)}" as well`, undefined)
  }

  private weight(field: string, item: Json): StudioWeight {
    const [name, how, ...others] = Array.isArray(item) ? item : []
    if (typeof name !== 'string' || how === undefined || others.length > 0)
      throw this.error(field, 'a name and how it is held', item)
    if (name === '' || this.names.has(name)) throw this.error(field, 'a name of its own', name)
    this.names.add(name)
    if (how === null) return { how, entry: this.take(field, name) }
    if (!isObject(how)) throw this.error(field, 'an object or null', how)
    return { how: this.codes(field, how), name }
  }

  private codes(field: string, how: JsonObject): CheckedCodes {
    const codes = this.take(`${field}.codes`, how['codes'], ['U8', 'U16'])
    const bits = this.whole(`${field}.bits`, how['bits'], 1, 16)
    const count = this.whole(`${field}.count`, how['count'], 1)
    const inner = this.whole(`${field}.inner`, how['inner'], 1)
    const axis = this.whole(`${field}.axis`, how['axis'], 1)
    const block = this.whole(`${field}.block`, how['block'], 1, axis)
    const groups = { count, inner, axis, block }
    const elements = elementCount(codes.shape)
    if (elements % (count * inner) !== 0)
      throw this.error(field, `rows that ${elements} weights are made of`, [count, inner])
    const most = groupCount(groups, elements)
    const zero =
      how['zero'] === undefined
        ? null
        : this.whole(`${field}.zero`, how['zero'], 2 ** bits, 2 ** bits)
    if (how['levels'] !== undefined) {
      if (zero !== null) throw this.error(`${field}.zero`, 'nothing beside levels', zero)
      const levels = this.take(`${field}.levels`, how['levels'], ['F32'], most * 2 ** bits)
      return { codes, bits, groups, zero, decoding: { kind: 'codebook', levels } }
    }
    const scale = this.take(`${field}.scale`, how['scale'], ['F32'], most)
    const zeroPoint = this.take(`${field}.zero_point`, how['zero_point'], ['F32', 'F64'], most)
    return { codes, bits, groups, zero, decoding: { kind: 'affine', scale, zeroPoint } }
  }

  /** A tensor of the file that nothing has named so far. */
  private take(
    field: string,
    name: Json | undefined,
    types?: readonly string[],
    elements?: number,
  ): HeaderEntry {
    const entry = typeof name === 'string' ? this.byName.get(name) : undefined
    if (entry === undefined) throw this.error(field, 'a tensor of its own in this file', name)
    if (types?.includes(entry.type) === false)
      throw this.error(field, `a tensor of ${types.join(' or ')}`, entry.type)
    if (elements !== undefined && elementCount(entry.shape) !== elements)
      throw this.error(field, `a tensor of ${elements} elements`, elementCount(entry.shape))
    this.byName.delete(entry.name)
    return entry
  }

  private whole(field: string, value: Json | undefined, least: number, most = Infinity): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
      return value
    throw this.error(field, `a whole number from ${least}`, value)
  }

  private error(field: string, expected: string, found: Json | undefined): Error {
    const place = `__metadata__.${STUDIO_KEY}${field}`
    return tensorError(this.file, place, expected, describeValue(found))
  }
}

import type { BundleFile } from '../../files/file-bundle'
import type { NamedTensor, PlainTensor } from '../named-weights/named-tensor'
import { ownBytes } from './own-bytes'
import type { HeaderEntry, SafetensorsHeader } from './read-header'
import { readCodes } from './read-codes'
import { studioWeights } from './studio-weights'

/**
 * What is in a file: as the studio has told it, where it wrote the file, else every tensor, in the order in which
 * people count.
 * @throws StudioError 'open/tensor-field', 'open/json-...'
 */
export function tensorsOf(file: BundleFile, header: SafetensorsHeader): NamedTensor[] {
  const told = studioWeights(file, header)
  if (told === null)
    return header.entries
      .toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
      .map((entry) => plainTensor(file, entry))
  return told.map((weight) =>
    weight.how === null
      ? plainTensor(file, weight.entry)
      : readCodes(file, weight.name, weight.how),
  )
}

function plainTensor(file: BundleFile, entry: HeaderEntry): PlainTensor {
  const { begin, end, name, shape, type } = entry
  return {
    ...{ kind: 'plain', name, shape, type, file: file.path, bytes: end - begin },
    read: (from, to) => ownBytes(file, begin + from, begin + to),
  }
}

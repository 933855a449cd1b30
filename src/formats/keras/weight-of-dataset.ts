import { StudioError } from '../../core/errors'
import type { Hdf5Dataset } from '../../files/hdf5/dataset'
import type { Hdf5Source } from '../../files/hdf5/hdf5-source'
import type { NumberKind } from '../../files/hdf5/number-kind'
import { numbersInPieces, readNumbers } from '../../files/hdf5/read-numbers'
import type { KerasWeight } from './keras-file'

const quiet = () => Promise.resolve()

/**
 * @param name as the file spells it
 * @throws StudioError 'open/unsupported-dtype'
 */
export function weightOf(source: Hdf5Source, name: string, dataset: Hdf5Dataset): KerasWeight {
  const dtype = kindOf(source, name, dataset)
  return {
    name,
    path: dataset.path,
    shape: dataset.shape,
    dtype,
    read: (between = quiet) => readNumbers(source, dataset, dtype, between),
    pieces: (between) => numbersInPieces(source, dataset, dtype, between),
  }
}

function kindOf(source: Hdf5Source, name: string, { type, attributes }: Hdf5Dataset): NumberKind {
  // NumPy has no such type: h5py writes two bytes, and what they are is said in `.keras` files alone.
  if (type.kind === 'opaque' && type.bytes === 2) return 'bfloat16'
  if (
    type.kind !== 'opaque' &&
    type.kind !== 'other' &&
    type.kind !== 'text' &&
    type.kind !== 'texts'
  )
    return type.kind
  const told = attributes.get('dtype')
  throw new StudioError('open/unsupported-dtype', {
    file: source.file.path,
    field: name,
    tensor: name,
    dtype: typeof told === 'string' ? told : type.kind === 'other' ? type.name : type.kind,
  })
}

/** The weight with some of its values changed by another one, which is read with it. */
export function combined(
  weight: KerasWeight,
  other: KerasWeight,
  combine: (values: Float32Array, others: Float32Array | Int32Array | Uint8Array) => Float32Array,
): KerasWeight {
  const { pieces: _, ...rest } = weight
  return {
    ...rest,
    read: async (between) => {
      const values = await weight.read(between)
      const others = await other.read()
      return values instanceof Float32Array ? combine(values, others) : values
    },
  }
}

import type { AffineTensor, CodebookTensor, Codes } from '../../core/encoded-tensor'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { BundleFile } from '../../files/file-bundle'
import type { CodedTensor } from '../named-weights/named-tensor'
import { tensorError } from '../named-weights/tensor-error'
import { ownBytes } from './own-bytes'
import type { HeaderEntry } from './read-header'
import type { CheckedCodes } from './studio-weights'

/** Codes in a file, to be decoded when they are read. */
export function readCodes(file: BundleFile, name: string, how: CheckedCodes): CodedTensor {
  const { codes, decoding } = how
  const parts =
    decoding.kind === 'affine'
      ? [codes, decoding.scale, decoding.zeroPoint]
      : [codes, decoding.levels]
  return {
    ...{ kind: 'coded', name, shape: codes.shape, file: file.path },
    bytes: parts.reduce((sum, { begin, end }) => sum + end - begin, 0),
    storedAs: codes.type === 'U8' ? 'uint8' : 'uint16',
    decode: (spec) => decoded(file, spec, how),
    inPieces: null,
  }
}

async function decoded(
  file: BundleFile,
  spec: TensorSpec,
  { bits, codes: entry, decoding, groups, zero }: CheckedCodes,
): Promise<AffineTensor | CodebookTensor> {
  const bytes = await ownBytes(file, entry.begin, entry.end)
  const codes = entry.type === 'U8' ? bytes : new Uint16Array(bytes.buffer)
  checkCodes(file, entry, codes, zero ?? 2 ** bits - 1)
  const mask = zero === null ? null : maskOf(codes, zero)
  if (decoding.kind === 'codebook')
    return {
      kind: 'codebook',
      spec,
      bits,
      codes,
      groups,
      levels: await floats(file, decoding.levels),
    }
  const { scale, zeroPoint } = decoding
  return {
    ...{ kind: 'affine', spec, bits, codes, groups, mask },
    scale: await floats(file, scale),
    zeroPoint: await doubles(file, zeroPoint),
  }
}

function checkCodes(file: BundleFile, entry: HeaderEntry, codes: Codes, most: number): void {
  const at = codes.findIndex((code) => code > most)
  if (at >= 0)
    throw tensorError(file.path, `${entry.name}[${at}]`, `at most ${most}`, String(codes[at]))
}

/** 1 = kept. Codes of what is not become 0, so that they are of as many bits as the others. */
function maskOf(codes: Codes, zero: number): Uint8Array {
  const mask = new Uint8Array(codes.length)
  for (let at = 0; at < mask.length; at++)
    if (codes[at] === zero) codes[at] = 0
    else mask[at] = 1
  return mask
}

async function floats(file: BundleFile, { begin, end }: HeaderEntry): Promise<Float32Array> {
  return new Float32Array((await ownBytes(file, begin, end)).buffer)
}

async function doubles(file: BundleFile, entry: HeaderEntry): Promise<Float64Array> {
  if (entry.type === 'F32') return Float64Array.from(await floats(file, entry))
  const { begin, end, shape } = entry
  return new Float64Array((await ownBytes(file, begin, end)).buffer, 0, elementCount(shape))
}

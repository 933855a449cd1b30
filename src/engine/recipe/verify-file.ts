import { StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { openWritten } from '../../files/written-zip'
import type { PackedFile } from '../../files/zip-writer'
import type { RestoredValues, StoredForm } from '../../formats/exporter'
import type { ModelFrame, OpenedModel, WeightPiece } from '../../formats/format'
import { walkModel } from '../../formats/importers'

/** A finished archive, and what it was joined of. */
export interface WrittenZip {
  readonly zip: Blob
  readonly packed: readonly PackedFile<Blob | PackedFile['packed'][number]>[]
}

/** What a file must hold. */
export interface ExpectedFile {
  readonly opened: Pick<OpenedModel, 'topology' | 'signature' | 'metadata' | 'ml5Specs'>
  readonly forms: readonly StoredForm[]
  /** One for each weight of the model, where the file has them in another order. */
  readonly ofWeights?: readonly StoredForm[]
}

/**
 * Reads a finished archive with the importer and requires that it restores the weights that were shown, bit for
 * bit. Reads in pieces: neither the archive nor a tensor is held whole.
 * @returns whether what it says beside the weights is what the open model says, so that this one can stand for it
 * @throws StudioError 'export/verify-failed' naming the first tensor that differs; 'open/...' where it does not open
 */
export async function verifyFile(
  { zip, packed }: WrittenZip,
  { opened, forms }: ExpectedFile,
  between: Between,
): Promise<boolean> {
  const came = new Float64Array(forms.length)
  const room = new Float32Array(MOST_AT_ONCE)
  const visit = (piece: WeightPiece): void => {
    requirePiece(forms[piece.index], piece, room)
    came[piece.index] = (came[piece.index] ?? 0) + piece.values.length
  }
  const frame = await walkModel(await openWritten(blobFile(zip), packed, between), visit, between)
  const missing = forms.find(({ length }, index) => came[index] !== length)
  if (missing !== undefined) throw notThere(missing.name)
  return textOf(frame) === textOf(opened)
}

/** Values of a piece that importers show; what comes as a longer one has memory of its own. */
const MOST_AT_ONCE = 2 ** 20

function requirePiece(
  form: StoredForm | undefined,
  { spec, from, values }: WeightPiece,
  room: Float32Array,
): void {
  const to = from + values.length
  if (form?.name !== spec.name || to > form.length) throw notThere(form?.name ?? spec.name)
  const wanted = form.restored(from, to, values.length > room.length ? undefined : room)
  const bad = firstDifference(wanted, values)
  if (bad >= 0)
    throw new StudioError('export/verify-failed', {
      tensor: form.name,
      reason: `value ${from + bad} is ${values[bad] ?? NaN} instead of ${wanted[bad] ?? NaN}`,
    })
}

function notThere(tensor: string): StudioError {
  return new StudioError('export/verify-failed', { tensor, reason: 'it did not come back' })
}

/** Bits, not numbers: 0 and -0 differ. */
function firstDifference(wanted: RestoredValues, found: RestoredValues): number {
  const [left, right] = [bitsOf(wanted), bitsOf(found)]
  if (left.length !== right.length) return 0
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return i
  return -1
}

function bitsOf(values: RestoredValues): Int32Array | Uint8Array {
  return values instanceof Float32Array
    ? new Int32Array(values.buffer, values.byteOffset, values.length)
    : values
}

function textOf({ topology, signature, metadata, ml5Specs }: ModelFrame): string {
  return JSON.stringify([topology, signature, metadata, ml5Specs])
}

/** A finished archive as the importer reads it. */
export function blobFile(blob: Blob): BundleFile {
  return {
    path: 'download.zip',
    size: blob.size,
    readsCopies: true,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  }
}

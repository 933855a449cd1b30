import { PiecedFile } from '../../../files/pieced-file'
import type { FilePiece } from '../../../files/pieced-file'
import type { ExportedFile } from '../../exporter'
import type { MadeBytes } from './wire-fields'

/** A file whose bytes are made when they are read. */
export class OnnxFile implements ExportedFile {
  readonly holdsWeights = true
  readonly size: number
  readonly read: PiecedFile['content']

  constructor(
    readonly path: string,
    pieces: readonly (Uint8Array | MadeBytes)[],
  ) {
    const file = new PiecedFile(pieces.map(pieceOf))
    this.size = file.size
    this.read = file.content
  }

  get bytes(): Uint8Array {
    return this.read()
  }
}

function pieceOf(piece: Uint8Array | MadeBytes): FilePiece {
  if (!(piece instanceof Uint8Array)) return piece
  return { size: piece.length, content: (from, to) => piece.subarray(from, to) }
}

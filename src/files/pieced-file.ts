/** Some bytes of a file, made when they are read. */
export interface FilePiece {
  readonly size: number
  readonly content: (from: number, to: number) => Uint8Array
}

/** Bytes that are made at once. */
const BLOCK = 4 * 2 ** 20

/** A file of pieces, end to end, that nobody keeps: whoever reads a range of it has what lies there made. */
export class PiecedFile implements FilePiece {
  readonly size: number

  constructor(private readonly pieces: readonly FilePiece[]) {
    this.size = pieces.reduce((sum, { size }) => sum + size, 0)
  }

  readonly content = (from = 0, to = this.size): Uint8Array<ArrayBuffer> => {
    const out = new Uint8Array(to - from)
    let position = 0
    for (const { content, size } of this.pieces) {
      const end = Math.min(to, position + size)
      for (let at = Math.max(from, position); at < end; at += BLOCK)
        out.set(content(at - position, Math.min(end, at + BLOCK) - position), at - from)
      position += size
      if (position >= to) break
    }
    return out
  };

  /** All of it, a block at a time. */
  *blocks(): Generator<Uint8Array<ArrayBuffer>> {
    for (let at = 0; at < this.size; at += BLOCK)
      yield this.content(at, Math.min(this.size, at + BLOCK))
  }
}

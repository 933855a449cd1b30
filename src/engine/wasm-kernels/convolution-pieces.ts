import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import type { ConvGeometry } from './conv-geometry'
import { sizesOf, withBlankRow } from './depthwise-conv2d'
import { DEPTH_PER_BLOCK, roomOfProduct } from './matrix-product'

/** Rows of the result of a convolution that follow each other, [pixels, channels]. */
export interface Piece {
  /** Rows before these, and how many these are. */
  readonly before: number
  readonly rows: number
  /** Where the piece begins, from the beginning of the input and of the result. */
  readonly inBytes: number
  readonly outBytes: number
  /** Room for what flows back to such a piece. */
  readonly flowing: () => number
  /** Addresses of the piece's input and of its result. */
  readonly forward: (x: number, filter: number, out: number) => void
  readonly inputGradient: (dy: number, filter: number, dx: number) => void
  /** Goes on from what the pieces before gave. */
  readonly filterGradient: (x: number, dy: number, dFilter: number) => void
}

/** A quarter of a second-level cache of today: a piece lies in it beside what it is made of. */
const PIECE_BYTES = 2 ** 19
/** Batch normalisation sums as many rows side by side. */
const GROUP = 4

/** Room that is taken when it is first asked for: the way there needs less than the way back. */
class LaterRoom {
  private room: tf.TensorInfo | null = null

  constructor(
    private readonly host: KernelHost,
    private readonly floats: number,
  ) {}

  get address(): number {
    this.room ??= this.host.output([this.floats])
    return this.host.address(this.room)
  }

  release(): void {
    if (this.room !== null) this.host.release(this.room)
  }
}

/** Convolutions of 1x1, which are products, or of each channel, whose pieces are whole images. */
export function inPieces(
  host: KernelHost,
  geometry: ConvGeometry,
  isDepthwise: boolean,
  work: (piece: Piece) => void,
): void {
  if (isDepthwise) imagesInPieces(host, geometry, work)
  else productInPieces(host, geometry, work)
}

function productInPieces(
  host: KernelHost,
  { batchSize, outHeight, outWidth, inChannels, outChannels }: ConvGeometry,
  work: (piece: Piece) => void,
): void {
  const total = batchSize * outHeight * outWidth
  // Sums over rows have a break there, wherever pieces begin.
  const most = Math.floor(PIECE_BYTES / (4 * outChannels) / DEPTH_PER_BLOCK) * DEPTH_PER_BLOCK
  const size = Math.min(total, Math.max(DEPTH_PER_BLOCK, most))
  // One for each product: what is packed in it stays from piece to piece.
  const ahead = new LaterRoom(host, roomOfProduct(inChannels, outChannels, false))
  const back = new LaterRoom(host, roomOfProduct(outChannels, inChannels, false))
  const across = new LaterRoom(host, roomOfProduct(total, outChannels, true))
  const flowing = new LaterRoom(host, size * outChannels)
  for (let before = 0; before < total; before += size) {
    const rows = Math.min(size, total - before)
    const goesOn = before > 0 ? 1 : 0
    const { module } = host
    work({
      before,
      rows,
      inBytes: 4 * before * inChannels,
      outBytes: 4 * before * outChannels,
      flowing: () => flowing.address,
      forward: (x, filter, out) => {
        module.matrixProduct(
          x,
          filter,
          out,
          ahead.address,
          rows,
          inChannels,
          outChannels,
          0,
          0,
          goesOn,
        )
      },
      inputGradient: (dy, filter, dx) => {
        module.matrixProduct(
          dy,
          filter,
          dx,
          back.address,
          rows,
          outChannels,
          inChannels,
          0,
          1,
          goesOn,
        )
      },
      filterGradient: (x, dy, dFilter) => {
        module.matrixProduct(
          x,
          dy,
          dFilter,
          across.address,
          inChannels,
          rows,
          outChannels,
          1,
          0,
          goesOn,
        )
      },
    })
  }
  for (const room of [ahead, back, across, flowing]) room.release()
}

function imagesInPieces(
  host: KernelHost,
  geometry: ConvGeometry,
  work: (piece: Piece) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = geometry
  const image = { in: inHeight * inWidth * inChannels, out: outHeight * outWidth * inChannels }
  // Whole groups of rows, whatever an image has.
  const least = (outHeight * outWidth) % GROUP === 0 ? 1 : GROUP
  const most = Math.floor(PIECE_BYTES / (4 * image.out) / least) * least
  const size = Math.min(batchSize, Math.max(least, most))
  const flowing = new LaterRoom(host, size * image.out)
  withBlankRow(host, Math.max(inWidth, outWidth) * inChannels, (blank) => {
    for (let first = 0; first < batchSize; first += size) {
      const images = Math.min(size, batchSize - first)
      const sizes = sizesOf({ ...geometry, batchSize: images })
      const goesOn = first > 0 ? 1 : 0
      work({
        before: first * outHeight * outWidth,
        rows: images * outHeight * outWidth,
        inBytes: 4 * first * image.in,
        outBytes: 4 * first * image.out,
        flowing: () => flowing.address,
        forward: (x, filter, out) => {
          host.module.depthwiseForward(x, filter, out, blank, ...sizes)
        },
        inputGradient: (dy, filter, dx) => {
          host.module.depthwiseInputGradient(dy, filter, dx, blank, ...sizes)
        },
        filterGradient: (x, dy, dFilter) => {
          host.module.depthwiseFilterGradient(x, dy, dFilter, blank, ...sizes, goesOn)
        },
      })
    }
  })
  flowing.release()
}

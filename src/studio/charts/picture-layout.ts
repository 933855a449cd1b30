import type { WeightPicture } from '../../core/weight-picture'

/** Sides of a kernel on the page, in pixels: the largest with which all of them are in view. */
const KERNEL_SIDES = [100, 80, 64, 50, 40]
const SMALLEST_KERNEL = 30
/** Side of one weight. */
const LARGEST_CELL = 20
/** What is in view without scrolling; the cells of a matrix are as high as that allows. */
const VIEW_HEIGHT = 300
/** Between kernels, and between the kernels of one output and those of the next. */
const KERNEL_GAP = 1
const OUTPUT_GAP = 5

export interface Place {
  readonly x: number
  readonly y: number
}

/** A cell of the picture: where it stands in the arrays, and what it belongs to. */
export interface PictureCell {
  readonly index: number
  /** Of the tensor; the first of them where a cell holds several. */
  readonly output: number
  readonly input: number
  readonly row: number
  readonly column: number
}

/** Where everything is drawn, in pixels. */
export interface PictureLayout {
  readonly width: number
  readonly height: number
  readonly cell: { readonly width: number; readonly height: number }
  /** Upper left corner of the kernel of an output (counted in the picture) and an input. */
  readonly corner: (output: number, input: number) => Place
  readonly cellAt: (place: Place) => PictureCell | null
}

type Shape = Pick<WeightPicture, 'kind' | 'tile' | 'inputs' | 'from' | 'shown' | 'block'>

/**
 * Lays kernels in lines, those of one output together; a matrix lies as it is.
 * @param room width that there is, in pixels; a matrix with more columns is wider
 */
export function pictureLayout(picture: Shape, room: number): PictureLayout {
  if (picture.kind === 'matrix') return matrixLayout(picture, room)
  const layouts = KERNEL_SIDES.map((side) => kernelLayout(picture, room, side))
  return (
    layouts.find(({ height }) => height <= VIEW_HEIGHT) ??
    kernelLayout(picture, room, SMALLEST_KERNEL)
  )
}

function matrixLayout({ block, tile }: Shape, room: number): PictureLayout {
  const cell = {
    width: clampCell(room / tile.width),
    height: clampCell(VIEW_HEIGHT / tile.height),
  }
  return {
    width: tile.width * cell.width,
    height: tile.height * cell.height,
    cell,
    corner: () => ({ x: 0, y: 0 }),
    cellAt: ({ x, y }) => {
      const column = Math.floor(x / cell.width)
      const row = Math.floor(y / cell.height)
      if (x < 0 || y < 0 || column >= tile.width || row >= tile.height) return null
      const [tall, wide] = block
      const index = row * tile.width + column
      return { index, output: row * tall, input: column * wide, row, column }
    },
  }
}

function kernelLayout(
  { from, inputs, shown, tile }: Shape,
  room: number,
  side: number,
): PictureLayout {
  const zoom = clampCell(side / Math.max(tile.height, tile.width))
  const pitch = { x: tile.width * zoom + KERNEL_GAP, y: tile.height * zoom + KERNEL_GAP }
  const columns = Math.max(1, Math.min(inputs, Math.floor((room - OUTPUT_GAP) / pitch.x)))
  const lines = Math.ceil(inputs / columns)
  const gap = inputs === 1 ? KERNEL_GAP : OUTPUT_GAP
  const block = { x: columns * pitch.x + gap, y: lines * pitch.y + gap }
  const perRow = Math.max(1, Math.floor(room / block.x))
  const corner = (output: number, input: number): Place => ({
    x: (output % perRow) * block.x + (input % columns) * pitch.x,
    y: Math.floor(output / perRow) * block.y + Math.floor(input / columns) * pitch.y,
  })
  return {
    width: Math.min(shown, perRow) * block.x,
    height: Math.ceil(shown / perRow) * block.y,
    cell: { width: zoom, height: zoom },
    corner,
    cellAt: ({ x, y }) => {
      const blockColumn = Math.floor(x / block.x)
      const output = Math.floor(y / block.y) * perRow + blockColumn
      const inner = { x: x - blockColumn * block.x, y: y - Math.floor(y / block.y) * block.y }
      const kernelColumn = Math.floor(inner.x / pitch.x)
      const input = Math.floor(inner.y / pitch.y) * columns + kernelColumn
      const column = Math.floor((inner.x % pitch.x) / zoom)
      const row = Math.floor((inner.y % pitch.y) / zoom)
      const isOutside =
        x < 0 ||
        y < 0 ||
        blockColumn >= perRow ||
        output >= shown ||
        kernelColumn >= columns ||
        input >= inputs ||
        column >= tile.width ||
        row >= tile.height
      if (isOutside) return null
      const index = ((output * inputs + input) * tile.height + row) * tile.width + column
      return { index, output: from + output, input, row, column }
    },
  }
}

function clampCell(side: number): number {
  return Math.max(1, Math.min(LARGEST_CELL, Math.floor(side)))
}

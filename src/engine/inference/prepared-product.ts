import { packPanels, panelFloats, scalingOf } from './folding'
import type { Numbers } from './folding'
import { productLayoutOf, tapsOf, writeGaps, writeTable } from './product-layout'
import type { Prepared, Site } from './site'
import type { Corner, Places, StepOf } from './step'

/** Where the rows of a product go, if not one behind the other: to every n-th place of pictures, from one on. */
interface Placed extends Corner {
  readonly made: Places
  readonly strides: Places
}

interface Rows {
  readonly row: number
  readonly many: number
  readonly to: number
  readonly apart: number
}

/** Convolutions, and products of matrices, whose rows are pictures of one place. */
export function preparedProduct(
  step: StepOf<'product'>,
  site: Site,
  placed: Placed | null = null,
): Prepared {
  const { channels, filters, groups, images, limits, windows } = step
  const { image, out } = windows
  const [top, left] = [Math.max(0, windows.top), Math.max(0, windows.left)]
  const layout = productLayoutOf(step)
  const { group, imageFloats, isPadded, length, padded, rows, rowsPerBlock, runs } = layout
  const taps = tapsOf(step)
  const own = { channels: channels / groups, filters: filters / groups }
  const ownPanels = panelFloats(taps, own.filters)
  const panels = site.room(groups * ownPanels)
  const table = site.room(group * rows)
  const gaps = site.room(runs)
  // Nothing else is ever written around the pictures.
  const scratch = isPadded ? site.room(group * imageFloats) : null
  const readFloats = image.height * image.width * channels
  const copied = {
    rows: Math.min(image.height, padded.height - top),
    bytes: 4 * Math.min(image.width, padded.width - left) * channels,
  }
  // Windows may all lie before the picture.
  const isCopied = copied.rows > 0 && copied.bytes > 0
  const corner = 4 * (top * padded.width + left) * channels

  /** Rows that lie equally far apart, with where they go, in floats. */
  function* rowsOf(from: number, count: number): Generator<Rows, void, undefined> {
    if (placed === null) {
      yield { row: 0, many: count * rows, to: from * rows * filters, apart: filters }
      return
    }
    const { made, strides } = placed
    for (let n = 0; n < count; n++)
      for (let line = 0; line < out.height; line++) {
        const to = ((from + n) * made.height + placed.top + line * strides.height) * made.width
        yield {
          ...{ row: n * rows + line * out.width, many: out.width },
          ...{ to: (to + placed.left) * filters, apart: strides.width * filters },
        }
      }
  }

  return {
    begin: () => {
      writeTable(windows, layout, channels, site.words(table, group * rows))
      writeGaps(step, layout, site.words(gaps, runs))
    },
    weigh: (numbers: Numbers) => {
      const scaling = scalingOf(step.folded, step.bias, filters, numbers)
      const kernel = { values: numbers(step.kernel), taps, filters, isTurned: step.isTurned }
      for (let of = 0; of < groups; of++) {
        const part = { first: of * own.filters, count: own.filters }
        packPanels(kernel, part, scaling, site.floats(panels + of * ownPanels, ownPanels))
      }
    },
    run: (samples) => {
      const { kernels } = site
      const x = site.address(step.x)
      const y = site.address(step.out)
      const rest = step.rest === null ? 0 : site.address(step.rest)
      const all = samples * images
      for (let from = 0; from < all; from += group) {
        const count = Math.min(group, all - from)
        const source = x + 4 * from * readFloats
        if (scratch !== null && isCopied)
          kernels.copyWindow(
            source,
            4 * scratch + corner,
            count,
            copied.rows,
            copied.bytes,
            4 * readFloats,
            4 * image.width * channels,
            4 * imageFloats,
            4 * padded.width * channels,
          )
        const pictures = scratch === null ? source : 4 * scratch
        for (const { row, many, to, apart } of rowsOf(from, count))
          for (let of = 0; of < groups; of++) {
            const at = 4 * (to + of * own.filters)
            kernels.productRows(
              pictures + 4 * of * own.channels,
              4 * (table + row),
              4 * gaps,
              4 * (panels + of * ownPanels),
              rest === 0 ? 0 : rest + at,
              y + at,
              4 * site.tile,
              many,
              rowsPerBlock,
              runs,
              length,
              own.filters,
              4 * apart,
              limits.low,
              limits.high,
              site.isTall,
            )
          }
      }
    },
  }
}

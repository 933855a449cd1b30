import { packPanels, panelFloats, scalingOf } from './folding'
import type { Numbers } from './folding'
import { productLayoutOf, tapsOf, writeGaps, writeTable } from './product-layout'
import type { Prepared, Site } from './site'
import type { StepOf } from './step'

/** Convolutions, and products of matrices, whose rows are pictures of one place. */
export function preparedProduct(step: StepOf<'product'>, site: Site): Prepared {
  const { channels, filters, groups, images, limits, windows } = step
  const { image, top, left } = windows
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
        const at = 4 * from * rows * filters
        const pictures = scratch === null ? source : 4 * scratch
        for (let of = 0; of < groups; of++) {
          const to = at + 4 * of * own.filters
          kernels.productRows(
            pictures + 4 * of * own.channels,
            4 * table,
            4 * gaps,
            4 * (panels + of * ownPanels),
            rest === 0 ? 0 : rest + to,
            y + to,
            4 * site.tile,
            count * rows,
            rowsPerBlock,
            runs,
            length,
            own.filters,
            4 * filters,
            limits.low,
            limits.high,
            site.isTall,
          )
        }
      }
    },
  }
}

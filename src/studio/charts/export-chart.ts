import { toBlob } from 'html-to-image'
import Papa from 'papaparse'
import { saveFile } from '../files/save-file'
import type { ChartValues } from './chart-values'

/** Excel takes a file without it for another encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

/** Saves a table of numbers, with commas and quotes where they are needed (RFC 4180). */
export function saveCsv(name: string, { columns, rows }: ChartValues): void {
  const text = Papa.unparse({ fields: [...columns], data: rows.map((row) => [...row]) })
  saveFile({ name: `${name}.csv`, blob: new Blob([BYTE_ORDER_MARK, text], { type: 'text/csv' }) })
}

/**
 * Saves what is on the page, twice as fine, with its title and legend; what is marked
 * `data-export="no"` is left out.
 */
export async function savePng(name: string, panel: HTMLElement): Promise<void> {
  const blob = await toBlob(panel, {
    pixelRatio: 2,
    backgroundColor: getComputedStyle(document.body).backgroundColor,
    skipFonts: true,
    filter: (node) => !(node instanceof HTMLElement && node.dataset['export'] === 'no'),
  })
  if (blob !== null) saveFile({ name: `${name}.png`, blob })
}

import Papa from 'papaparse'
import { saveFile } from '../files/save-file'
import type { ChartValues } from './chart-values'
import { drawPage } from './draw-page'

/** Excel takes a file without it for another encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

/** Saves a table of numbers, with commas and quotes where they are needed (RFC 4180). */
export function saveCsv(name: string, { columns, rows }: ChartValues): void {
  const text = Papa.unparse({ fields: [...columns], data: rows.map((row) => [...row]) })
  saveFile({ name: `${name}.csv`, blob: new Blob([BYTE_ORDER_MARK, text], { type: 'text/csv' }) })
}

/**
 * Saves what is on the page, with its title and legend.
 * @throws Error where the browser gives no picture
 */
export async function savePng(name: string, panel: HTMLElement): Promise<void> {
  saveFile({ name: `${name}.png`, blob: await drawPage(panel) })
}

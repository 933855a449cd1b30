import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import type { TextColumn, TextTable } from '../tables/text-columns'

/** A table, and the files in which it stands. */
export interface TableInFiles extends TextTable {
  readonly files: readonly BundleFile[]
  /** Numbers of lines that could not be read, from 1. */
  readonly brokenLines: readonly number[]
}

const IMAGES = 'images.txt'
const LABELS = 'image_class_labels.txt'

/** Whether a file is one of the lists that are one table. */
export function isNumbered(path: string): boolean {
  return [IMAGES, LABELS].includes(baseName(path).toLowerCase())
}

/**
 * The lists of CUB-200, and of others in its form, as one table: `images.txt` numbers the pictures, and
 * `image_class_labels.txt` says the class of each number.
 * @returns null where these two are not there, or know different numbers
 * @see https://www.vision.caltech.edu/datasets/cub_200_2011/
 */
export function numberedPictures(tables: readonly TableInFiles[]): TableInFiles | null {
  const called = (name: string): TableInFiles | undefined =>
    tables.find(({ files: [file] }) => baseName(file?.path ?? '').toLowerCase() === name)
  const images = called(IMAGES)
  const labels = called(LABELS)
  const [ids, paths] = images?.columns ?? []
  const [labelled, classes] = labels?.columns ?? []
  if (images === undefined || labels === undefined || ids === undefined) return null
  if (paths === undefined || labelled === undefined || classes === undefined) return null
  const rows = new Map(labelled.cells.map((id, row) => [id, row]))
  const found = ids.cells.map((id) => classes.cells[rows.get(id) ?? -1] ?? '')
  const columns: readonly TextColumn[] = [
    { name: 'image', cells: paths.cells },
    { name: 'class', cells: found },
  ]
  return found.every((label) => label === '')
    ? null
    : {
        columns,
        files: [...images.files, ...labels.files],
        shortRows: images.shortRows + labels.shortRows,
        brokenLines: [],
      }
}

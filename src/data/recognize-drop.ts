import { isStudioError } from '../core/errors'
import type { Between } from '../files/between'
import { baseName } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import { indexZip } from '../files/zip-archive'
import { isHidden } from './pictures/dropped-pictures'
import { isDataName } from './read-data'
import { formOfFile } from './tables/other-forms'
import { isPlainName, isPlainTable } from './tables/plain-table'

/** Files of text that are looked into. */
const MOST_LOOKED_AT = 10

/**
 * Whether dropped files are data and not a model: by their names, for a zip by those inside; files of text by
 * what they hold. Tables in a form that is not read are data as well: reading them says so. A list of class
 * names may lie beside pictures, so any JSON but model.json is no sign of a model by itself.
 * @throws what `between` throws
 */
export async function isDataDrop(bundle: FileBundle, between: Between): Promise<boolean> {
  const zips = bundle.filter(({ path }) => /\.zip$/i.test(path))
  // Labels and names of classes may lie beside zips of pictures.
  const isZips = bundle.every(({ path }) =>
    /\.(?:zip|csv|tsv|txt|names|json|jsonl|ndjson|ya?ml|pbtxt)$/i.test(path),
  )
  if (zips.length === 0 || !isZips) return areData(bundle)
  for (const zip of zips) {
    try {
      const { files } = await indexZip(zip, between)
      if (!(await areData(files))) return false
    } catch (error) {
      // What is wrong with the zip is said by whoever opens it.
      if (isStudioError(error) && error.code.startsWith('open/')) return false
      throw error
    }
  }
  return true
}

/** By names, or by what is in files of text where nothing else lies beside them. */
async function areData(bundle: FileBundle): Promise<boolean> {
  if (namesAreData(bundle.map(({ path }) => path))) return true
  const files = bundle.filter(({ path }) => !isHidden(path))
  const forms: (string | null)[] = []
  for (const file of files.slice(0, MOST_LOOKED_AT)) forms.push(await formOfFile(file))
  const isOfTables = ({ path }: BundleFile, at: number): boolean =>
    isPlainName(path) || isRemark(path) || (forms[at] ?? null) !== null
  if (!files.every(isOfTables)) return false
  if (forms.some((form) => form !== null)) return true
  for (const file of files.slice(0, MOST_LOOKED_AT)) if (await isPlainTable(file)) return true
  return false
}

/** What lies beside tables of public collections: `iris.names`. */
function isRemark(path: string): boolean {
  return /\.(?:names|info|md|test)$/i.test(path)
}

function namesAreData(paths: readonly string[]): boolean {
  const has = (pattern: RegExp): boolean => paths.some((path) => pattern.test(baseName(path)))
  const model =
    has(/^model\.json$/i) ||
    (has(/\.json$/i) && has(/\.bin$/i)) ||
    has(/\.(?:safetensors|pth?|ckpt)$/i)
  return !model && paths.some(isDataName)
}

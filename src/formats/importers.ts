import { StudioError } from '../core/errors'
import type { FileBundle } from '../files/file-bundle'
import type { Importer, OpenedModel } from './format'
import { readBytes } from '../files/read-bytes'
import { HEAD_BYTES, isZip, refuseWrongKind } from '../files/sniff'
import { tfjsGraphImporter } from './tfjs-graph/tfjs-graph.import'
import { tfjsLayersImporter } from './tfjs-layers/tfjs-layers.import'
import { readZip } from '../files/zip-archive'
import type { Between } from '../files/between'

/** Every format that opens, in the order in which they are asked: the last one takes any JSON. */
const importers: readonly Importer[] = [tfjsGraphImporter, tfjsLayersImporter]

/**
 * Opens dropped files: loose files, a folder, or one zip of either.
 * @throws StudioError 'open/...' naming file, place, expected and found
 */
export async function openModel(bundle: FileBundle, between: Between): Promise<OpenedModel> {
  if (bundle.length === 0) throw new StudioError('open/nothing', {})
  const files = await unzipped(bundle, between)
  for (const importer of importers)
    if (await importer.match(files)) return importer.open(files, between)
  for (const file of files) await refuseWrongKind(file)
  throw new StudioError('open/no-model-json', { files: files.map((file) => file.path).join(', ') })
}

async function unzipped(bundle: FileBundle, between: Between): Promise<FileBundle> {
  const [file, second] = bundle
  if (file === undefined || second !== undefined) return bundle
  if (!isZip(await readBytes(file, 0, Math.min(file.size, HEAD_BYTES)))) return bundle
  await refuseWrongKind(file)
  return readZip(file, between)
}

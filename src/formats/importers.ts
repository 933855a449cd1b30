import { StudioError } from '../core/errors'
import type { Between } from '../files/between'
import { Drop } from '../files/drop'
import type { FileBundle } from '../files/file-bundle'
import { isZip } from '../files/sniff'
import { readZip } from '../files/zip-archive'
import { isModelFile } from './format'
import type { ModelFormat, ModelFrame, OpenedModel, RecognisedModel, WeightPiece } from './format'
import { convertedLayers } from './keras/converted-layers'
import { keras } from './keras/keras.import'
import { isCompanionName } from './tfjs-files/companions'
import { isWeightsName } from './tfjs-files/shard-path'
import { onnx } from './onnx/onnx.import'
import { pytorch } from './pytorch/pytorch.import'
import { safetensors } from './safetensors/safetensors.import'
import { tfjsGraph } from './tfjs-graph/tfjs-graph.import'
import { tfjsLayers } from './tfjs-layers/tfjs-layers.import'

/** Every format that opens, in the order in which they are asked: the last one takes any JSON. */
export const formats: readonly ModelFormat[] = [
  safetensors,
  pytorch,
  onnx,
  keras,
  tfjsGraph,
  tfjsLayers(convertedLayers),
]

/**
 * Names of files that a drop still lacks, for drops in several goes; none where it can be opened. A zip
 * is complete by itself: what it lacks is said when it is opened.
 * @throws StudioError 'open/...' when the files cannot become a model, whatever else comes
 */
export async function missingFiles(drop: Drop, between: Between): Promise<readonly string[]> {
  if (await isOneZip(drop)) return []
  const model = await recognise(drop, between)
  if (model !== null) return model.missing()
  // Weight files alone do not say whose they are; what nobody knows is waiting for nothing.
  if (drop.files.some(({ path }) => /\.onnx[._]data(?:$|[^.a-z\d])/i.test(path)))
    return ['model.onnx']
  if (drop.files.some(({ path }) => isWeightsName(path) || isCompanionName(path)))
    return ['model.json']
  throw noModel(drop)
}

/**
 * Opens dropped files: loose files, a folder, or one zip of either.
 * @param drop with what was read of it already, where it was asked for missing files before
 * @throws StudioError 'open/...' naming file, place, expected and found
 */
export async function openDrop(drop: Drop, between: Between): Promise<OpenedModel> {
  if (drop.files.length === 0) throw new StudioError('open/nothing', {})
  return (await modelIn(drop, between)).open(between)
}

/**
 * Reads and checks files that are complete as `openDrop` would, and holds none of their weights.
 * @throws as `openDrop`
 */
export async function checkDrop(drop: Drop, between: Between): Promise<void> {
  const model = await modelIn(drop, between)
  await model.walk(() => undefined, between)
}

/**
 * Reads and checks loose files as `openDrop` would, showing each weight in pieces and holding none.
 * @throws as `openDrop`, and what `visit` throws
 */
export async function walkModel(
  files: FileBundle,
  visit: (piece: WeightPiece) => void,
  between: Between,
): Promise<ModelFrame> {
  const drop = new Drop(files)
  const model = await recognise(drop, between)
  if (model === null) throw noModel(drop)
  return model.walk(visit, between)
}

/** A zip may be a file of some format as it is; else it is asked what lies in it. @throws StudioError 'open/...' */
async function modelIn(drop: Drop, between: Between): Promise<RecognisedModel> {
  const whole = (await isOneZip(drop)) ? await firstToKnow(drop, between) : null
  if (whole !== null) return whole
  const files = await unzipped(drop, between)
  const model = await recognise(files, between)
  if (model === null) throw noModel(files)
  return model
}

/** So many names say what a drop is. */
const SHOWN_NAMES = 5

function noModel({ files }: Drop): StudioError {
  const names = files.slice(0, SHOWN_NAMES).map(({ path }) => path)
  const others = files.length - names.length
  return new StudioError('open/no-model-json', {
    files: names.join(', ') + (others > 0 ? `, … (+${others})` : ''),
  })
}

/** Opens files that nobody has looked at before. @throws as `openDrop` */
export function openModel(files: FileBundle, between: Between): Promise<OpenedModel> {
  return openDrop(new Drop(files), between)
}

/** @throws StudioError 'open/is-...' where no format knows them and one is of a kind that can be named */
async function recognise(drop: Drop, between: Between): Promise<RecognisedModel | null> {
  const model = await firstToKnow(drop, between)
  if (model === null) for (const file of drop.files) await drop.refuseWrongKind(file)
  return model
}

async function firstToKnow(drop: Drop, between: Between): Promise<RecognisedModel | null> {
  for (const format of formats) {
    const model = await format.recognise(drop, between)
    if (model !== null) return model
  }
  return null
}

async function unzipped(drop: Drop, between: Between): Promise<Drop> {
  const [file] = drop.files.filter(isModelFile)
  if (file === undefined || !(await isOneZip(drop))) return drop
  await drop.refuseWrongKind(file)
  const inside = await readZip(file, between)
  if (inside.length === 0) throw new StudioError('open/zip-empty', { file: file.path })
  const beside = drop.files.filter((one) => one !== file)
  return new Drop([...inside, ...beside], null, file.path)
}

async function isOneZip(drop: Drop): Promise<boolean> {
  const [file, ...others] = drop.files.filter(isModelFile)
  return file !== undefined && others.length === 0 && isZip(await drop.head(file))
}

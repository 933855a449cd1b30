import { isStudioError } from '../../core/errors'
import type { VariantId } from '../../core/transformers-variants'
import { variantSuffixes } from '../../core/transformers-variants'
import { baseName } from '../../files/file-bundle'
import { parseJson } from '../../files/read-json'
import type { Json, JsonObject } from '../../files/read-json'
import { readBytes } from '../../files/read-bytes'
import type { OpenedModel } from '../format'
import { besideName } from '../onnx/files-beside'
import { classifierConfig, picturePorts, preprocessorConfig } from './picture-plan'
import type { KnownClassifier, Untold } from './picture-plan'
import type { PicturePorts } from './picture-ports'

/** A file of a folder. */
export interface PlannedFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What a folder for Transformers.js holds beside its files of ONNX. */
export interface TransformersPlan {
  /** null: the model came with its settings, so that its ports are as they should be. */
  readonly ports: PicturePorts | null
  readonly config: JsonObject
  /** As they came, or made here. */
  readonly files: readonly PlannedFile[]
  /** What its files of ONNX are called, before the ending of a variant. */
  readonly stem: string
  /** The pipeline that runs it; null: none is known, and the model is loaded alone. */
  readonly task: string | null
  /** Nobody has shown it pictures: that they go from 0 to 1 is assumed. */
  readonly isAssumed: boolean
  readonly untold: Untold | null
}

const CONFIG = 'config.json'
const PREPROCESSOR = 'preprocessor_config.json'

/**
 * How a model becomes a folder that Transformers.js loads: with the settings that came beside it or, of a classifier of
 * pictures, with settings that are made.
 * @param classifier what is known of it, asked where no settings came
 * @throws StudioError 'export/transformers-...' where nobody says what it takes and gives
 */
export async function transformersPlan(
  opened: OpenedModel,
  classifier: () => KnownClassifier,
): Promise<TransformersPlan> {
  const came = await filesBeside(opened)
  const config = configIn(came)
  const others = came.filter(({ path }) => path !== CONFIG)
  if (config !== null)
    return {
      ...{ ports: null, config, files: others, stem: stemOf(opened), task: taskOf(config) },
      ...{ isAssumed: false, untold: null },
    }
  const known = classifier()
  const ports = picturePorts(known)
  const made = preprocessorConfig(known, ports)
  const isThere = others.some(({ path }) => path === PREPROCESSOR)
  return {
    ports,
    config: classifierConfig(known, ports),
    files: isThere ? others : [jsonFile(PREPROCESSOR, made.config), ...others],
    ...{ stem: 'model', task: 'image-classification' },
    isAssumed: !isThere && known.preparation === null,
    untold: isThere ? null : made.untold,
  }
}

/** Each name once: of several files of a name the first. */
async function filesBeside({ beside = [] }: OpenedModel): Promise<PlannedFile[]> {
  const found = new Map<string, PlannedFile>()
  for (const file of beside) {
    const path = besideName(file.path)
    if (path === null || found.has(path)) continue
    found.set(path, { path, bytes: await readBytes(file, 0, file.size) })
  }
  return [...found.values()]
}

/** What `config.json` says; null where none came that is of a model of Hugging Face. */
function configIn(files: readonly PlannedFile[]): JsonObject | null {
  const file = files.find(({ path }) => path === CONFIG)
  if (file === undefined) return null
  try {
    const json = parseJson(file.path, file.bytes)
    return isObject(json) && typeof json['model_type'] === 'string' ? json : null
  } catch (error) {
    if (!isStudioError(error)) throw error
    return null
  }
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** The name that the model has in a folder of others, such as `decoder_model_merged`. */
function stemOf({ file }: OpenedModel): string {
  const name = baseName(file).replace(/\.onnx$/i, '')
  const ending = Object.values(variantSuffixes)
    .filter((suffix) => suffix !== '' && name.endsWith(suffix))
    .toSorted((one, other) => other.length - one.length)
    .at(0)
  const stem = ending === undefined ? name : name.slice(0, -ending.length)
  return /^[\w-]+$/.test(stem) ? stem : 'model'
}

/** Of what follows `For` in the name of an architecture, the pipeline. */
const tasks: Readonly<Record<string, string>> = {
  ImageClassification: 'image-classification',
  SequenceClassification: 'text-classification',
  TokenClassification: 'token-classification',
  QuestionAnswering: 'question-answering',
  MaskedLM: 'fill-mask',
  AudioClassification: 'audio-classification',
  ObjectDetection: 'object-detection',
  SemanticSegmentation: 'image-segmentation',
  DepthEstimation: 'depth-estimation',
}

function taskOf({ architectures }: JsonObject): string | null {
  const [first] = Array.isArray(architectures) ? architectures : []
  const [, head = ''] = typeof first === 'string' ? (/For(\w+)$/.exec(first) ?? []) : []
  return tasks[head] ?? null
}

/** `config.json`: as it came or was made, with the variant that is loaded where nobody asks for one. */
export function configFile({ config }: TransformersPlan, dtype: VariantId): PlannedFile {
  const own = config[CUSTOM]
  const custom = isObject(own) ? own : {}
  // Each file of a variant holds its own numbers, whatever it was with the files before.
  const { use_external_data_format: _, ...rest } = custom
  return jsonFile(CONFIG, { ...config, [CUSTOM]: { ...rest, dtype } })
}

const CUSTOM = 'transformers.js_config'

function jsonFile(path: string, json: JsonObject): PlannedFile {
  return { path, bytes: new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`) }
}

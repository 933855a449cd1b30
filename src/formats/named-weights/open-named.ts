import { StudioError } from '../../core/errors'
import { cannotRun } from '../../core/model-summary'
import type { FormatId, ModelNote } from '../../core/model-summary'
import { shortText } from '../../core/short-text'
import type { Between } from '../../files/between'
import type { Drop } from '../../files/drop'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { checkName } from '../../files/read-json'
import type { EditedParts, ModelFrame, OpenedModel, OpenedWeight, WeightPiece } from '../format'
import { bareGraph } from '../tfjs-files/bare-graph'
import { readCompanions } from '../tfjs-files/companions'
import { modelName } from '../tfjs-files/find-model-json'
import { weightNotes } from '../tfjs-files/model-notes'
import { layersByName } from './layers-by-name'
import type { NamedLayers } from './layers-by-name'
import type { NamedTensor } from './named-tensor'
import { OddTensors } from './odd-tensors'
import { readOutputAxes } from './output-axes'
import type { OutputAxes } from './output-axes'
import { readTensors, walkTensors } from './read-tensors'
import { tensorError } from './tensor-error'

/** Weights that have names and nothing else, in files that were understood. */
export interface NamedWeights {
  readonly format: FormatId
  /** What is said of all of them: the only file, or what lists the others. */
  readonly file: BundleFile
  readonly files: FileBundle
  readonly tensors: readonly NamedTensor[]
  readonly metadata: object | null
  readonly notes: readonly ModelNote[]
}

const ENDING = /\.(?:safetensors(?:\.index\.json)?|pth?|bin(?:\.index\.json)?|ckpt)$/i

/** @throws StudioError 'open/...' */
export async function openNamed(
  named: NamedWeights,
  drop: Drop,
  between: Between,
): Promise<OpenedModel> {
  const { file, files, format, metadata, notes, tensors } = named
  const { layers, specs } = checkedLayers(named, await readOutputAxes(drop))
  const odd = new OddTensors(file.path)
  const weights = await readTensors({ tensors, specs, between, odd })
  const used = new Set([file, ...files])
  return {
    ...{ format, container: 'safetensors', file: file.path, files: [...used] },
    name: modelName(file, drop.zip, 'weights', ENDING),
    ...{ ...frameOf(metadata), layers, weights },
    graph: bareGraph(layers, new Map(weights.map(({ spec }) => [spec, spec]))),
    companions: await readCompanions(
      file,
      drop.files.filter((other) => !used.has(other)),
    ),
    notes: [
      { code: 'note/layers-by-name', params: {} },
      ...notes,
      ...weightNotes(weights),
      ...keptNotes(weights, odd),
    ],
    obstacles: cannotRun(new StudioError('open/weights-alone', { file: file.path }).toData()),
  }
}

/** @throws as `openNamed`, and what `visit` throws */
export async function walkNamed(
  named: NamedWeights,
  visit: (piece: WeightPiece) => void,
  between: Between,
): Promise<ModelFrame> {
  const { tensors } = named
  const { specs } = checkedLayers(named, new Map())
  const odd = new OddTensors(named.file.path)
  await walkTensors({ tensors, specs, between, odd }, visit)
  return frameOf(named.metadata)
}

/** Nothing that these files say could be edited with their weights. */
export function editNamed({ before, graph, weights }: EditedParts): OpenedModel {
  return { ...before, graph, weights }
}

function frameOf(metadata: object | null): ModelFrame {
  return { topology: {}, signature: null, metadata, ml5Specs: null }
}

function checkedLayers({ file, tensors }: NamedWeights, axes: OutputAxes): NamedLayers {
  if (tensors.length === 0)
    throw tensorError(file.path, 'the file', 'at least one tensor', 'nothing')
  const found = layersByName(tensors, axes)
  if (found.layers.length > limits.layers)
    throw new StudioError('open/too-many', {
      ...{ file: file.path, field: 'layers' },
      ...{ found: found.layers.length, limit: limits.layers },
    })
  for (const { name } of found.layers) checkName(file.path, shortText(name), name)
  return found
}

/** Says which tensors stay as they are: nothing here computes with their types, or with what is among their numbers. */
function keptNotes(weights: readonly OpenedWeight[], odd: OddTensors): ModelNote[] {
  const notes: ModelNote[] = []
  const [first, ...others] = odd.all()
  const names = new Set(odd.all().map(({ name }) => name))
  const kept = weights.filter(({ spec }) => spec.dtype === 'bytes' && !names.has(spec.name))
  if (kept.length > 0) {
    const dtypes = [...new Set(kept.map(({ storedAs }) => storedAs))].sort().join(', ')
    notes.push({ code: 'note/kept-as-bytes', params: { count: kept.length, dtypes } })
  }
  if (first !== undefined) {
    const { infinite, name, nan } = first
    const params = { count: 1 + others.length, tensor: shortText(name), nan, infinite }
    notes.push({ code: 'note/kept-not-finite', params })
  }
  return notes
}

import { StudioError } from '../../core/errors'
import type { FormatId, ModelNote, Obstacles } from '../../core/model-summary'
import { describeValue } from '../../core/short-text'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Drop } from '../../files/drop'
import type { BundleFile } from '../../files/file-bundle'
import type { Json, JsonObject } from '../../files/read-json'
import type { ModelGraph } from '../../graph/graph'
import type { OpenedModel, OpenedWeight, RecognisedModel } from '../format'
import { readCompanions } from './companions'
import { isObject } from './config-reader'
import { findModelJson, isManifest, modelName } from './find-model-json'
import { pairShards } from './pair-shards'
import type { PairedShards } from './pair-shards'
import { parseManifest } from './parse-manifest'
import type { ManifestEntry, ManifestGroup } from './parse-manifest'
import { checkedShards } from './read-shards'
import type { Folding } from './packed/folding'
import { readWeights, walkWeights } from './read-weights'
import { wrongKernels } from './wrong-kernels'

/** A model.json, parsed, and the files that came with it. */
export interface TfjsFiles {
  readonly model: BundleFile
  readonly root: JsonObject
  /** The file is a manifest of weights and nothing else: a list, which stands in `root` as if it had one. */
  readonly bare: boolean
  readonly drop: Drop
}

/**
 * Finds model.json and parses it, for all kinds of TensorFlow.js files alike.
 * @returns null where no file can be it
 * @throws StudioError 'open/several-models', 'open/too-large', 'open/is-...', 'open/json-...',
 * 'open/forbidden-name', 'open/field'
 */
export async function findTfjsFiles(drop: Drop): Promise<TfjsFiles | null> {
  const model = await findModelJson(drop)
  if (model === null) return null
  const root = await drop.json(model)
  if (isManifest(root)) return { model, root: { weightsManifest: root }, bare: true, drop }
  if (!isObject(root))
    throw new StudioError('open/field', {
      file: model.path,
      field: 'top level',
      expected: 'an object with modelTopology and weightsManifest',
      found: Array.isArray(root) ? 'a list' : describeValue(root),
    })
  return { model, root, bare: false, drop }
}

/** A frozen graph: its topology is a list of nodes. Everything else is taken for layers. */
export function isGraphModel({ root }: TfjsFiles): boolean {
  const topology = root['modelTopology']
  return root['format'] === 'graph-model' || (isObject(topology) && Array.isArray(topology['node']))
}

/** What a format makes of a model.json. */
export interface ReadModelJson extends Pick<OpenedModel, 'topology' | 'signature' | 'alsoAs'> {
  /** Whose runtime computes it, where stock TensorFlow.js does not. */
  readonly format?: FormatId
  /** What the topology calls itself. */
  readonly name: string
  /** Entries without one are no weights of the model. */
  readonly specs: ReadonlyMap<ManifestEntry, TensorSpec>
  /** Of constants that the model makes weights of. */
  readonly folding?: Folding
  /** What it computes, and what its weights are for; axes and shapes may stand among them. */
  readonly understood: (
    weights: readonly OpenedWeight[],
  ) => Pick<OpenedModel, 'graph' | 'layers' | 'weights'>
  /** With weights put together that it makes of constants, once these are read; the same where left out. */
  readonly foldedTopology?: () => object
  readonly notes: (weights: readonly OpenedWeight[]) => readonly ModelNote[]
  readonly obstacles: (graph: ModelGraph) => Obstacles
}

/**
 * Opens in the order of cost, so that nothing is allocated before its bytes are counted, and tfjs sees
 * only what has passed: manifest, topology, graph, names and shapes of weights, byte counts, hashes,
 * values.
 * @param read the part of the format
 */
export function recognisedTfjs(
  format: FormatId,
  { model, root, bare, drop }: TfjsFiles,
  read: (
    file: string,
    topology: Json | undefined,
    entries: readonly ManifestEntry[],
    root: JsonObject,
  ) => ReadModelJson,
): RecognisedModel {
  let known: readonly ManifestGroup[] | null = null
  const manifest = (): readonly ManifestGroup[] =>
    (known ??= parseManifest(model.path, root, bare ? '' : 'weightsManifest'))
  const { userDefinedMetadata, ml5Specs } = root
  const beside = {
    metadata: isObject(userDefinedMetadata) ? userDefinedMetadata : null,
    ml5Specs: isObject(ml5Specs) ? ml5Specs : null,
  }
  const parse = (): ReadModelJson & { readonly paired: PairedShards } => {
    const groups = manifest()
    const entries = groups.flatMap((group) => group.entries)
    return {
      ...read(model.path, root['modelTopology'], entries, root),
      paired: pairShards(model, groups, drop.files),
    }
  }
  return {
    format,
    missing: () => pairShards(model, manifest(), drop.files).missing,
    open: async (between) => {
      const { name, specs, understood, notes, obstacles, paired, ...parts } = parse()
      const { alsoAs = [], folding = null, foldedTopology, topology, signature } = parts
      const found = await checkedShards(model, manifest(), paired, drop.files, between)
      const read = understood(await readWeights(manifest(), found, specs, folding, between))
      const used = new Set([model, ...found.values()])
      const rest = drop.files.filter((file) => !used.has(file))
      return {
        format: parts.format ?? format,
        container: 'tfjs',
        alsoAs,
        name: modelName(model, drop.zip, name),
        file: model.path,
        files: [...used],
        ...{ topology: foldedTopology?.() ?? topology, signature },
        ...read,
        ...beside,
        companions: await readCompanions(model, rest),
        notes: [
          ...notes(read.weights),
          // What stands for layers of Keras is written anew.
          ...(parts.format === undefined ? wrongKernels(read.graph) : []),
          ...pairingNotes(paired),
        ],
        obstacles: obstacles(read.graph),
      }
    },
    walk: async (visit, between) => {
      const { folding = null, foldedTopology, specs, paired, topology, signature } = parse()
      const found = await checkedShards(model, manifest(), paired, drop.files, between)
      await walkWeights(manifest(), found, specs, folding, visit, between)
      return { topology: foldedTopology?.() ?? topology, signature, ...beside }
    },
  }
}

/** Says which files were taken for their size, because none had the name that the manifest gives. */
function pairingNotes({ bySize, found }: PairedShards): readonly ModelNote[] {
  const [path] = bySize
  if (path === undefined) return []
  const params = { count: bySize.length, path, file: found.get(path)?.path ?? '' }
  return [{ code: 'note/paired-by-size', params }]
}

import { StudioError } from '../../core/errors'
import type { ModelNote, Obstacles } from '../../core/model-summary'
import { elementCount } from '../../core/tensor-spec'
import type { Between } from '../../files/between'
import type { Drop } from '../../files/drop'
import { numberBytes } from '../../files/hdf5/number-kind'
import { limits } from '../../files/limits'
import { checkName } from '../../files/read-json'
import type {
  KerasSource,
  ModelFormat,
  ModelFrame,
  OpenedModel,
  OpenedWeight,
  WeightPiece,
} from '../format'
import { countZeros } from '../tfjs-files/decode-weight'
import { modelName } from '../tfjs-files/find-model-json'
import { weightNotes } from '../tfjs-files/model-notes'
import { editedDescription, editTopology } from '../tfjs-layers/edit-topology'
import { readBare } from './bare-weights'
import type { ReadKeras } from './bare-weights'
import { findKeras } from './find-keras'
import type { FoundKeras } from './find-keras'
import type { KerasWeight } from './keras-file'
import { openKeras } from './open-keras'
import type { OpenKeras } from './open-keras'
import { readKerasModel } from './read-keras-model'
import { trainedRanges } from './trained-ranges'

/** Files of Keras: .h5 of Keras 2 and 3, .keras and .weights.h5. */
export const keras: ModelFormat = {
  id: 'keras',
  recognise: async (drop) => {
    const found = await findKeras(drop)
    if (found === null) return null
    return {
      format: 'keras',
      missing: () => (found.model === null ? ['model.weights.h5'] : []),
      open: (between) => open(drop, found, between),
      walk: (visit, between) => walk(found, visit, between),
    }
  },
  edit: (parts) => {
    const { keras: source } = parts.before
    const edited = editTopology(parts)
    if (source === undefined) return edited
    const config =
      source.config && editedDescription(parts.before.graph, parts.edits, source.config)
    return { ...edited, keras: { ...source, config, isEdited: true } }
  },
}

/** @throws StudioError as `openKeras`, 'open/non-finite', 'open/h5-damaged', 'open/forbidden-name', 'open/shape-too-large' */
async function open(drop: Drop, found: FoundKeras, between: Between): Promise<OpenedModel> {
  const { file, read } = await prepared(found, between)
  const { name, specs, notes, ...parts } = read
  const weights: OpenedWeight[] = []
  for await (const [weight, values] of eachWeight(file, specs, between)) {
    const spec = specs.get(weight)
    if (spec === undefined) continue
    weights.push({
      ...{ spec, values, quantized: null },
      storedAs: weight.dtype,
      storedBytes: elementCount(weight.shape) * numberBytes[weight.dtype],
      zeros: countZeros(file.file, weight.name, values),
    })
  }
  const { model } = found
  return {
    format: 'keras',
    container: 'tfjs',
    name: model === null ? name : modelName(model, drop.zip, name),
    file: file.file,
    files: model === null ? [] : [model],
    ...parts,
    signature: null,
    weights,
    metadata: null,
    ml5Specs: null,
    companions: [],
    ...alsoAs(file, parts.obstacles),
    keras: sourceOf(file, specs),
    notes: [
      ...notes,
      ...weightNotes(weights),
      ...(await trainedRanges(file)),
      ...countedNotes(file),
    ],
  }
}

async function walk(
  found: FoundKeras,
  visit: (piece: WeightPiece) => void,
  between: Between,
): Promise<ModelFrame> {
  const { file, read } = await prepared(found, between)
  const { specs, topology } = read
  const { own, report } = readable(file, specs, between)
  let index = 0
  for (const weight of own) {
    const spec = specs.get(weight)
    if (spec === undefined) continue
    // A large tensor is never held whole, where its file allows that.
    const pieces = weight.pieces?.(report) ?? [{ from: 0, values: await weight.read(report) }]
    for await (const { from: first, values } of pieces) {
      countZeros(file.file, weight.name, values)
      for (let from = 0; from < values.length; from += PIECE)
        visit({ spec, index, from: first + from, values: values.subarray(from, from + PIECE) })
    }
    index++
  }
  return { topology, signature: null, metadata: null, ml5Specs: null }
}

/** Weights that are shown at once. */
const PIECE = 2 ** 20

interface Prepared {
  readonly file: OpenKeras
  readonly read: ReadKeras
}

async function prepared(found: FoundKeras, between: Between): Promise<Prepared> {
  const file = await openKeras(found, between)
  const read = file.config === null ? readBare(file) : readKerasModel(file, file.config)
  let elements = 0
  for (const [{ name, shape }] of read.specs) {
    checkName(file.file, name, name)
    elements += elementCount(shape)
    if (elements > limits.elements)
      throw new StudioError('open/shape-too-large', {
        ...{ file: file.file, field: name, tensor: name },
        ...{ elements, limit: limits.elements },
      })
  }
  return { file, read }
}

/** Weights with their numbers, one after the other, in the order of the file. */
async function* eachWeight(
  file: OpenKeras,
  specs: ReadKeras['specs'],
  between: Between,
): AsyncGenerator<readonly [KerasWeight, OpenedWeight['values']]> {
  const { own, report } = readable(file, specs, between)
  for (const weight of own) yield [weight, await weight.read(report)]
}

/** Weights of the model, and what is told of the bytes that are read of them. */
function readable(file: OpenKeras, specs: ReadKeras['specs'], between: Between) {
  const own = file.weights.filter((weight) => specs.has(weight))
  const total = own.reduce(
    (sum, { shape, dtype }) => sum + elementCount(shape) * numberBytes[dtype],
    0,
  )
  let done = 0
  const report = async (bytes: number): Promise<void> => {
    done = Math.min(total, done + bytes)
    await between(done, total)
  }
  return { own, report }
}

/** Its own kind of file first; where nothing computes its layers it stays such a file as it was. */
function alsoAs({ kind }: OpenKeras, { run }: Obstacles): Pick<OpenedModel, 'alsoAs'> {
  const own = ({ zip: 'keras', h5: 'kerasH5', weights: 'kerasWeights' } as const)[kind]
  const all = ['keras', 'kerasH5', 'kerasWeights'] as const
  return { alsoAs: run === null ? [own, ...all.filter((one) => one !== own)] : [own] }
}

function sourceOf(
  { config, kind, root, version, writer }: OpenKeras,
  specs: ReadKeras['specs'],
): KerasSource {
  const paths = new Map([...specs].map(([{ path }, { name }]) => [name, path]))
  return { kind, major: writer === 'keras-3' ? 3 : 2, version, config, root, paths }
}

function countedNotes({ adapted, skipped }: OpenKeras): ModelNote[] {
  const counts = [['note/low-rank', adapted] as const, ['note/optimizer-state', skipped] as const]
  return counts.flatMap(([code, count]) => (count === 0 ? [] : [{ code, params: { count } }]))
}

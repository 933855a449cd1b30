import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { JsonObject } from '../../src/files/read-json'
import type { KerasSource, OpenedModel, OpenedWeight } from '../../src/formats/format'
import type { KerasWeight } from '../../src/formats/keras/keras-file'
import type { OpenKeras } from '../../src/formats/keras/open-keras'
import { readKerasModel } from '../../src/formats/keras/read-keras-model'
import { zerosIn } from '../../src/core/zeros-in'

/** Numbers as scripts/writers/keras_cases.py writes them. */
interface Packed {
  readonly name?: string
  readonly shape: readonly number[]
  readonly dtype: KerasWeight['dtype']
  readonly data: string
}

interface Recording {
  readonly writer: OpenKeras['writer']
  readonly version: string
  readonly config: JsonObject
  readonly weights: Readonly<Record<string, readonly Packed[]>>
  readonly inputs: readonly Packed[]
  readonly outputs: readonly Packed[]
}

export interface Numbers {
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array | Uint8Array
}

/** A model of Keras with what Keras itself says to inputs. */
export interface RecordedKeras {
  readonly name: string
  readonly file: OpenKeras
  readonly inputs: readonly Numbers[]
  readonly outputs: readonly Numbers[]
}

export function recordedKeras(folder: string): RecordedKeras[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => recordedFile(join(folder, name)))
}

/** One of them. @param changed what the file says */
export function recordedFile(
  path: string,
  changed: (text: string) => string = (text) => text,
): RecordedKeras {
  return recordOf(basename(path, '.json'), changed(readFileSync(path, 'utf8')))
}

function recordOf(name: string, text: string): RecordedKeras {
  const { config, inputs, outputs, version, weights, writer } = JSON.parse(text) as Recording
  const held = new Map(
    Object.entries(weights).map(([layer, list]) => [layer, list.map((packed) => weightOf(packed))]),
  )
  return {
    name,
    file: {
      ...{ file: name, writer, version, config, guessed: null, skipped: 0, adapted: 0 },
      weightsOf: (path) => held.get(path) ?? [],
      weights: [...held.values()].flat(),
      wrapperWeights: new Map(),
      kind: 'zip',
      root: { path: '', attributes: new Map(), groups: new Map(), datasets: new Map() },
    },
    inputs: inputs.map(numbersOf),
    outputs: outputs.map(numbersOf),
  }
}

function weightOf(packed: Packed): KerasWeight {
  const { dtype, name = '', shape } = packed
  return { name, path: name, shape, dtype, read: () => Promise.resolve(numbersOf(packed).values) }
}

function numbersOf({ data, dtype, shape }: Packed): Numbers {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64')).buffer
  if (dtype === 'float32') return { shape, values: new Float32Array(bytes) }
  if (dtype === 'int64') return { shape, values: Int32Array.from(new BigInt64Array(bytes), Number) }
  if (dtype === 'int32') return { shape, values: new Int32Array(bytes) }
  if (dtype === 'bool') return { shape, values: new Uint8Array(bytes) }
  throw new Error(`${dtype} is not recorded`)
}

/** The model as it would be opened. */
export async function openedKeras({ file, name }: RecordedKeras): Promise<OpenedModel> {
  const model = readKerasModel(file, file.config ?? {})
  const weights: OpenedWeight[] = []
  for (const [weight, spec] of model.specs) {
    const values = await weight.read()
    const storedAs = values instanceof Float32Array ? 'float32' : 'int32'
    const storedBytes = values.byteLength
    weights.push({ spec, values, storedAs, storedBytes, zeros: zerosIn(values), quantized: null })
  }
  const keras: KerasSource = {
    ...{
      kind: 'zip',
      config: file.config,
      root: file.root,
      version: file.version,
      paths: new Map(),
    },
    major: file.writer === 'keras-3' ? 3 : 2,
  }
  const { graph, layers, notes, obstacles, topology } = model
  return {
    ...{ format: 'keras', container: 'tfjs', name, file: name, files: [], topology },
    ...{ signature: null, metadata: null, ml5Specs: null, companions: [] },
    ...{ layers, graph, weights, notes, obstacles, keras },
  }
}

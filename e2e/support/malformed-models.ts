import { createHash } from 'node:crypto'
import { sampleBytes } from '../../testing/models/sample-files.ts'

interface ModelJson {
  modelTopology: unknown
  weightsManifest: {
    paths: string[]
    weights: { name: string; shape: number[]; dtype: string }[]
  }[]
}

type Files = Map<string, Uint8Array | string>

export interface MalformedModel {
  readonly what: string
  readonly files: Files
  /** The sentence on the page, word for word. */
  readonly says: string
}

const SHARD = 'group1-shard1of1.bin'

/** The sample with a changed description or changed weights. */
function changed(
  change: (json: ModelJson) => void,
  shards?: (bytes: Uint8Array) => Uint8Array,
): Files {
  const files = sampleBytes('lenet-300-100')
  const json = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as ModelJson
  change(json)
  const weights = files.get(SHARD) ?? new Uint8Array()
  return new Map<string, Uint8Array | string>([
    ['model.json', JSON.stringify(json)],
    [SHARD, shards === undefined ? weights : shards(weights)],
  ])
}

function firstWeight(json: ModelJson): { name: string; shape: number[]; dtype: string } {
  const weight = json.weightsManifest[0]?.weights[0]
  if (weight === undefined) throw new Error('the sample has no weights')
  return weight
}

const unchanged = (): void => undefined

function longer(bytes: Uint8Array): Uint8Array {
  const more = new Uint8Array(bytes.length + 8)
  more.set(bytes)
  return more
}

function withNaN(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  new DataView(copy.buffer).setFloat32(40, NaN, true)
  return copy
}

/** Two shards of equal size under each other's names, and the report that knows their hashes. */
function swappedShards(): Files {
  const files = sampleBytes('lenet-300-100')
  const json = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as ModelJson
  const weights = files.get(SHARD) ?? new Uint8Array()
  const half = weights.length / 2
  const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin']
  const halves = [weights.slice(0, half), weights.slice(half)]
  const [group] = json.weightsManifest
  if (group !== undefined) group.paths = paths
  const hashes = paths.map((path, index) => ({
    path,
    sha256: createHash('sha256')
      .update(halves[index] ?? '')
      .digest('hex'),
  }))
  return new Map<string, Uint8Array | string>([
    ['model.json', JSON.stringify(json)],
    ['group1-shard1of2.bin', halves[1] ?? ''],
    ['group1-shard2of2.bin', halves[0] ?? ''],
    ['report.json', JSON.stringify({ format: 'compression-studio-report', files: hashes })],
  ])
}

/** Two layers that wait for each other; plain TensorFlow.js builds them for ever. */
function cyclic(): Files {
  const dense = (name: string, from: string) => ({
    class_name: 'Dense',
    name,
    config: { name, units: 1 },
    inbound_nodes: [[[from, 0, 0, {}]]],
  })
  const topology = {
    class_name: 'Model',
    config: {
      name: 'circle',
      layers: [
        {
          class_name: 'InputLayer',
          name: 'in',
          config: { name: 'in', batch_input_shape: [null, 1], dtype: 'float32' },
          inbound_nodes: [],
        },
        dense('a', 'b'),
        dense('b', 'a'),
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['b', 0, 0]],
    },
  }
  return new Map([['model.json', JSON.stringify({ modelTopology: topology, weightsManifest: [] })]])
}

const [swappedFirst = ''] = [...sampleBytes('lenet-300-100')]
  .filter(([name]) => name === SHARD)
  .map(([, bytes]) =>
    createHash('sha256')
      .update(bytes.subarray(0, bytes.length / 2))
      .digest('hex'),
  )
const [swappedSecond = ''] = [...sampleBytes('lenet-300-100')]
  .filter(([name]) => name === SHARD)
  .map(([, bytes]) =>
    createHash('sha256')
      .update(bytes.subarray(bytes.length / 2))
      .digest('hex'),
  )

/** What breaks plain TensorFlow.js, or goes through it unnoticed. */
export const malformedModels: readonly MalformedModel[] = [
  {
    what: 'swapped shards of equal size',
    files: swappedShards(),
    says: `group1-shard1of2.bin: expected SHA-256 ${swappedFirst}, found ${swappedSecond}.`,
  },
  {
    what: 'trailing bytes',
    files: changed(unchanged, longer),
    says: 'group1-shard1of1.bin: expected 1066440 bytes, found 1066448.',
  },
  {
    what: 'a byte short',
    files: changed(unchanged, (bytes) => bytes.slice(0, -1)),
    says: 'group1-shard1of1.bin: expected 1066440 bytes, found 1066439. The data ends inside dense3/bias.',
  },
  {
    what: 'cyclic graph',
    files: cyclic(),
    says: 'model.json: these layers wait for each other: a -> b -> a.',
  },
  {
    what: 'string weights',
    files: changed((json) => {
      Object.assign(firstWeight(json), { dtype: 'string', shape: [2_000_000_000] })
    }),
    says: 'model.json, weightsManifest[0].weights[0].dtype: expected float32 weights, stored as float32, float16, uint16 or uint8; found string for dense1/kernel.',
  },
  {
    what: 'huge shape',
    files: changed((json) => {
      firstWeight(json).shape = [1_000_000, 1_000_000]
    }),
    says: 'model.json, weightsManifest[0].weights[0].shape: dense1/kernel would bring the model to more than 536870912 weights (found 1000000000000 in this one).',
  },
  {
    what: 'a weight called __proto__',
    files: changed((json) => {
      firstWeight(json).name = '__proto__'
    }),
    says: 'model.json, weightsManifest[0].weights[0].name: the name "__proto__" cannot be used, because JavaScript reserves it.',
  },
  {
    what: 'NaN weights',
    files: changed(unchanged, withNaN),
    says: 'group1-shard1of1.bin: dense1/kernel holds 1 NaN and 0 infinite values, the first at index 10.',
  },
  {
    what: 'an address in the manifest',
    files: changed((json) => {
      const [group] = json.weightsManifest
      if (group !== undefined) group.paths = ['https://planted.example/weights.bin']
    }),
    says: 'model.json, weightsManifest[0].paths[0]: expected the name of a file beside model.json, found "https://planted.example/weights.bin".',
  },
  {
    what: 'a web page as model.json',
    files: new Map([['model.json', '<!doctype html><title>404</title>']]),
    says: 'model.json is an HTML page, probably an error or login page that was saved under this name.',
  },
  {
    what: 'deep nesting',
    files: new Map([['model.json', `{"modelTopology":${'['.repeat(100_000)}`]]),
    says: 'model.json nests more than 64 brackets inside each other.',
  },
  {
    what: 'a description cut short',
    files: new Map([['model.json', '{"modelTopology": {"class_name": "Seq']]),
    says: 'model.json, line 1, column 38: expected a closing double quote, found the end of the file.',
  },
  {
    what: 'a Git LFS pointer',
    files: new Map([
      [
        'model.json',
        'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
      ],
    ]),
    says: 'model.json is a Git LFS pointer: a few lines of text that stand for the real file.',
  },
]

/** A sample whose last layer is Python code: open for its weights alone. */
export const pythonLayer = {
  files: changed((json) => {
    const { config } = json.modelTopology as { config: { layers: { class_name: string }[] } }
    const last = config.layers[config.layers.length - 1]
    if (last !== undefined) last.class_name = 'Lambda'
  }),
  says: 'model.json: layer "dense3" (Lambda) holds Python code, which cannot run in a browser.',
}

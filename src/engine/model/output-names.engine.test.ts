import * as tf from '@tensorflow/tfjs'
import { encode } from 'fast-png'
import { zipSync } from 'fflate'
import { expect, it, test } from 'vitest'
import { drained, file, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { message, onnxModel, product } from '../../../testing/files/onnx-writer'
import { zipOf } from '../../../testing/files/foreign-data'
import { savedInBrowser } from '../../../testing/models/stock-writers'
import { createRandom } from '../../core/random'
import { matchClasses } from '../../data/match-classes'

const engine = freshEngine()

const names = ['Rock', 'Paper', 'Scissors']
const metadata = JSON.stringify({ tmVersion: '2.4.7', labels: names, imageSize: 8 })

/** Red is the first output, green the second, blue the third; as Teachable Machine writes it. */
async function exported(own: object | null = null): Promise<Record<string, Uint8Array>> {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 3] }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  })
  const kernel = tf.buffer([192, 3])
  for (let index = 0; index < 192; index++) kernel.set(0.1, index, index % 3)
  model.setWeights([kernel.toTensor(), tf.zeros([3])])
  if (own !== null) model.setUserDefinedMetadata(own)
  const files = await savedInBrowser(tf, () => model.save('downloads://model'))
  const read = files.map(async (part) => [part.path, await part.read(0, part.size)] as const)
  return Object.fromEntries(await Promise.all(read))
}

function tinted(): Uint8Array {
  const random = createRandom(9)
  const files = new Map<string, Uint8Array>()
  names.forEach((name, channel) => {
    for (let index = 0; index < 12; index++) {
      const data = Uint8Array.from({ length: 192 }, (_, at) =>
        at % 3 === channel ? 180 + random.below(76) : random.below(60),
      )
      files.set(`${name}/${index}.png`, encode({ width: 8, height: 8, channels: 3, data }))
    }
  })
  return zipOf(files)
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test.each<[string, Record<string, string>, object | null]>([
  ['metadata.json', { 'metadata.json': metadata }, null],
  ['labels.txt', { 'labels.txt': '0 Rock\n1 Paper\n2 Scissors\n', 'notes.txt': 'a\nb\nc' }, null],
  ['class_names.json', { 'class_names.json': JSON.stringify(names) }, null],
  ['metadata.yaml', { 'metadata.yaml': 'names:\n  0: Rock\n  1: Paper\n  2: Scissors\n' }, null],
  [
    'label_map.pbtxt',
    {
      'label_map.pbtxt': names
        .map((name, at) => `item { id: ${at + 1} name: '${name}' }`)
        .join('\n'),
    },
    null,
  ],
  ['model.json', {}, { labels: names }],
])('names in %s travel with the model, loose or in a zip', async (path, more, own) => {
  const parts = await exported(own)
  const all = {
    ...parts,
    ...Object.fromEntries(Object.entries(more).map(([p, t]) => [p, bytes(t)])),
  }
  const loose = Object.entries(all).map(([name, content]) => file(name, content))
  for (const files of [loose, [file('export.zip', zipSync(all))]]) {
    const { result } = await drained(engine.current.model.open({ files }))
    expect(result.outputNames).toEqual({ names, file: path })
    expect(result.notes).toContainEqual({
      code: 'note/output-names',
      params: { count: 3, file: path },
    })
  }
})

it('names that ml5 wrote into the model are used, and its way with pictures', async () => {
  const parts = await exported()
  const json = JSON.parse(new TextDecoder().decode(parts['model.json'])) as object
  const ml5Specs = { mapStringToIndex: names }
  const whole = { ...parts, 'model.json': bytes(JSON.stringify({ ...json, ml5Specs })) }
  const { result } = await drained(
    engine.current.model.open({ files: [file('ml5.zip', zipSync(whole))] }),
  )
  expect(result.outputNames).toEqual({ names, file: 'model.json' })
  expect(result.notes).toContainEqual({ code: 'note/preparation', params: { file: 'model.json' } })
})

it('numbers that were scaled for training are noted', async () => {
  const range = { dtype: 'number', min: 0, max: 640 }
  const meta = {
    inputUnits: [2],
    outputUnits: 1,
    inputs: { x: range, y: { ...range, max: 1 } },
    outputs: { size: range },
    isNormalized: true,
  }
  const open = async (content: object) => {
    const parts = { ...(await exported()), 'model_meta.json': bytes(JSON.stringify(content)) }
    const files = [file('export.zip', zipSync(parts))]
    return (await drained(engine.current.model.open({ files }))).result.notes
  }
  expect(await open(meta)).toContainEqual({
    code: 'note/scaled-columns',
    params: { file: 'model_meta.json', count: 2 },
  })
  expect((await open({ ...meta, isNormalized: false })).map(({ code }) => code)).not.toContain(
    'note/scaled-columns',
  )
})

it.each([
  ['names', "{0: 'Rock', 1: 'Paper', 2: 'Scissors'}"],
  ['class_names', JSON.stringify(names)],
  ['id2label', JSON.stringify({ 0: 'Rock', 1: 'Paper', 2: 'Scissors' })],
])('metadata_props of a file of ONNX names its outputs: %s', async (key, value) => {
  const content = onnxModel(...product)
  const model = new Uint8Array([...content, ...message([14, message([1, key], [2, value])])])
  const files = [file('net.onnx', model)]
  const { result } = await drained(engine.current.model.open({ files }))
  expect(result.outputNames?.names).toEqual(names)
  expect(result.notes).toContainEqual({
    code: 'note/output-names',
    params: { count: 3, file: 'net.onnx' },
  })
})

it('a list of another length is noted and not used', async () => {
  const parts = { ...(await exported()), 'labels.txt': bytes('a\nb') }
  const files = [file('export.zip', zipSync(parts))]
  const { result } = await drained(engine.current.model.open({ files }))
  expect(result.outputNames).toBeNull()
  expect(result.notes).toContainEqual({
    code: 'note/names-unused',
    params: { file: 'labels.txt', count: 2, outputs: 3 },
  })
})

it('folders that sort otherwise are right by those names', async () => {
  const parts = { ...(await exported()), 'metadata.json': bytes(metadata) }
  const opened = await drained(
    engine.current.model.open({ files: [file('tm.zip', zipSync(parts))] }),
  )
  const data = await drained(
    engine.current.data.open({ files: [file('rps.zip', tinted())], choices: {}, settings: null }),
  )
  expect(data.result.classNames).toEqual(['Paper', 'Rock', 'Scissors'])
  const { map } = matchClasses(data.result.classNames, opened.result.outputNames?.names ?? [])
  await engine.current.data.configure({ ...data.result.settings, classMap: map })
  const { events } = await drained(engine.current.measure.original())
  const { correct, measured } = lastOf(events, 'accuracy')
  expect(correct / measured).toBe(1)
})

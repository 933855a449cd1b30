import { expect, it, test } from 'vitest'
import { namesOfModel as namesIn } from './model-names'
import { toldBeside } from './told-beside'
import type { ModelSources } from './told-beside'

const companion = (path: string, text: string | Uint8Array) => ({
  path,
  bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text,
})
const beside = (...companions: ReturnType<typeof companion>[]): ModelSources => ({
  metadata: null,
  ml5Specs: null,
  file: 'model.json',
  companions,
})
const namesOfModel = async (sources: ModelSources, outputs: number) =>
  namesIn(await toldBeside(sources), outputs)

test.each([
  ['metadata.json', '{"tmVersion": "2.4.7", "labels": ["Rock", "Paper", "Scissors"]}'],
  ['labels.txt', '0 Rock\r\n1 Paper\r\n2 Scissors\r\n'],
  ['class_names.json', '["Rock", "Paper", "Scissors"]'],
  ['class_indices.json', '{"Paper": 1, "Rock": 0, "Scissors": 2}'],
  [
    'config.json',
    '{"model_type": "vit", "id2label": {"0": "Rock", "1": "Paper", "2": "Scissors"}}',
  ],
  [
    'labels.json',
    '[{"id": 0, "name": "Rock"}, {"id": 1, "name": "Paper"}, {"id": 2, "name": "Scissors"}]',
  ],
  [
    'imagenet_class_index.json',
    '{"0": ["n1", "Rock"], "1": ["n2", "Paper"], "2": ["n3", "Scissors"]}',
  ],
  ['metadata.yaml', 'task: classify\nnames:\n  0: Rock\n  1: Paper\n  2: Scissors\n'],
  ['data.yml', 'nc: 3\nnames: [Rock, Paper, Scissors]\n'],
  [
    'label_map.pbtxt',
    "item { id: 1 name: 'Rock' } item { id: 2 name: 'Paper' } item { id: 3 name: 'Scissors' }",
  ],
  [
    'model_meta.json',
    '{"inputUnits":[2],"outputUnits":3,"inputs":{"x":{"dtype":"number","min":0,"max":640},"y":{"dtype":"number","min":0,"max":480}},"outputs":{"hand":{"dtype":"string","min":0,"max":1,"uniqueValues":["Rock","Paper","Scissors"],"legend":{"Rock":[1,0,0],"Paper":[0,1,0],"Scissors":[0,0,1]}}},"isNormalized":true}',
  ],
])('%s names three outputs', async (path, text) => {
  const { names, misfit } = await namesOfModel(beside(companion(path, text)), 3)
  expect(names).toEqual({ file: path, names: ['Rock', 'Paper', 'Scissors'] })
  expect(misfit).toBeNull()
})

it('names that ml5 writes into the file itself', async () => {
  const sources = { ...beside(), ml5Specs: { mapStringToIndex: ['me', 'not me'] } }
  expect((await namesOfModel(sources, 2)).names).toEqual({
    file: 'model.json',
    names: ['me', 'not me'],
  })
  const none = { ...beside(), ml5Specs: { mapStringToIndex: [] } }
  expect(await namesOfModel(none, 2)).toEqual({ names: null, misfit: null, rival: null })
})

it('names from 1 leave the first output to the background where there is one more', async () => {
  const map = companion('label_map.pbtxt', "item { id: 1 name: 'cat' } item { id: 2 name: 'dog' }")
  expect((await namesOfModel(beside(map), 3)).names?.names).toEqual(['background', 'cat', 'dog'])
  expect((await namesOfModel(beside(map), 2)).names?.names).toEqual(['cat', 'dog'])
  expect((await namesOfModel(beside(map), 4)).misfit).toEqual({ file: 'label_map.pbtxt', count: 2 })
})

it('names in the file itself come first', async () => {
  const sources = beside(companion('labels.txt', 'x\ny'))
  const metadata = { labels: ['a', 'b'] }
  expect((await namesOfModel({ ...sources, metadata }, 2)).names).toEqual({
    file: 'model.json',
    names: ['a', 'b'],
  })
})

it('a list of another length is passed over, and said where none fits', async () => {
  const [short, right] = [companion('a/labels.txt', 'x\ny'), companion('names.txt', 'p\nq\nr')]
  expect(await namesOfModel(beside(short, right), 3)).toMatchObject({
    names: { file: 'names.txt', names: ['p', 'q', 'r'] },
    misfit: null,
  })
  expect(await namesOfModel(beside(short), 3)).toMatchObject({
    names: null,
    misfit: { file: 'a/labels.txt', count: 2 },
  })
})

test.each<[string, string | Uint8Array]>([
  ['a config without names', '{"learning_rate": 0.1}'],
  ['broken JSON', '{"labels": ["a", "b"'],
  ['deep nesting', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00, 0x41, 0x80)],
  ['a name without an end', `${'a'.repeat(5000)}\nb`],
  ['two names for one output', '{"id2label": {"0": "a", "00": "b"}}'],
  ['an index beyond all bounds', '{"0": "a", "4294967295": "b"}'],
  ['names that are objects', '{"labels": [{"toString": 1}, {}]}'],
])('%s is no list of names, and no error', async (_, text) => {
  expect(await namesOfModel(beside(companion('labels.json', text)), 2)).toMatchObject({
    names: null,
    misfit: null,
  })
})

it('metadata that the stock converter took from a file are found under their key', async () => {
  const sources = beside()
  const metadata = { about: { licence: 'none' }, notes: { labels: ['a', 'b'] }, tags: ['c', 'd'] }
  expect((await namesOfModel({ ...sources, metadata }, 2)).names?.names).toEqual(['a', 'b'])
  const tags = { tags: ['c', 'd'] }
  expect((await namesOfModel({ ...sources, metadata: tags }, 2)).names).toBeNull()
})

it('says which other list names the outputs differently', async () => {
  const lists = [companion('labels.txt', 'x\ny'), companion('class_names.json', '["p", "q"]')]
  expect(await namesOfModel(beside(...lists), 2)).toMatchObject({
    names: { file: 'labels.txt' },
    rival: 'class_names.json',
  })
  const same = [companion('labels.txt', 'x\ny'), companion('class_names.json', '["x", "y"]')]
  expect((await namesOfModel(beside(...same), 2)).rival).toBeNull()
})

it('reads names in old encodings, and in a text of JSON inside the metadata', async () => {
  const wide = Uint8Array.from([
    0xff,
    0xfe,
    ...'x\ny'.split('').flatMap((c) => [c.charCodeAt(0), 0]),
  ])
  expect((await namesOfModel(beside(companion('labels.txt', wide)), 2)).names?.names).toEqual([
    'x',
    'y',
  ])
  const metadata = { extra: '{"labels": ["a", "b"]}', note: '{not json' }
  expect((await namesOfModel({ ...beside(), metadata }, 2)).names?.names).toEqual(['a', 'b'])
})

test.each([
  ['what Ultralytics writes', { names: "{0: 'Rock', 1: 'Paper', 2: 'Scissors'}", stride: '32' }],
  ['a list', { labels: '["Rock", "Paper", "Scissors"]' }],
  ['a list of Python', { classes: "['Rock', 'Paper', 'Scissors']" }],
  ['as transformers have it', { id2label: '{"0": "Rock", "1": "Paper", "2": "Scissors"}' }],
])('metadata of ONNX, which are texts: %s', async (_, metadata) => {
  const found = await namesOfModel({ ...beside(), metadata, file: 'net.onnx' }, 3)
  expect(found.names).toEqual({ names: ['Rock', 'Paper', 'Scissors'], file: 'net.onnx' })
})

test('a text in metadata that is neither says nothing', async () => {
  const metadata = { names: '{0: {1: [', labels: 'three' }
  expect((await namesOfModel({ ...beside(), metadata }, 3)).names).toBeNull()
})

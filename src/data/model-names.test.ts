import { expect, it, test } from 'vitest'
import { namesOfModel } from './model-names'

const companion = (path: string, text: string | Uint8Array) => ({
  path,
  bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text,
})
const beside = (...companions: ReturnType<typeof companion>[]) => ({
  metadata: null,
  file: 'model.json',
  companions,
})

test.each([
  ['metadata.json', '{"tmVersion": "2.4.7", "labels": ["Rock", "Paper", "Scissors"]}'],
  ['labels.txt', '0 Rock\r\n1 Paper\r\n2 Scissors\r\n'],
  ['class_names.json', '["Rock", "Paper", "Scissors"]'],
  ['class_indices.json', '{"Paper": 1, "Rock": 0, "Scissors": 2}'],
  [
    'config.json',
    '{"model_type": "vit", "id2label": {"0": "Rock", "1": "Paper", "2": "Scissors"}}',
  ],
])('%s names three outputs', (path, text) => {
  const { names, misfit } = namesOfModel(beside(companion(path, text)), 3)
  expect(names).toEqual({ file: path, names: ['Rock', 'Paper', 'Scissors'] })
  expect(misfit).toBeNull()
})

it('names in the file itself come first', () => {
  const sources = beside(companion('labels.txt', 'x\ny'))
  const metadata = { labels: ['a', 'b'] }
  expect(namesOfModel({ ...sources, metadata }, 2).names).toEqual({
    file: 'model.json',
    names: ['a', 'b'],
  })
})

it('a list of another length is passed over, and said where none fits', () => {
  const [short, right] = [companion('a/labels.txt', 'x\ny'), companion('names.txt', 'p\nq\nr')]
  expect(namesOfModel(beside(short, right), 3)).toMatchObject({
    names: { file: 'names.txt', names: ['p', 'q', 'r'] },
    misfit: null,
  })
  expect(namesOfModel(beside(short), 3)).toMatchObject({
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
])('%s is no list of names, and no error', (_, text) => {
  expect(namesOfModel(beside(companion('labels.json', text)), 2)).toMatchObject({
    names: null,
    misfit: null,
  })
})

it('metadata that the stock converter took from a file are found under their key', () => {
  const sources = beside()
  const metadata = { about: { licence: 'none' }, notes: { labels: ['a', 'b'] }, tags: ['c', 'd'] }
  expect(namesOfModel({ ...sources, metadata }, 2).names?.names).toEqual(['a', 'b'])
  const tags = { tags: ['c', 'd'] }
  expect(namesOfModel({ ...sources, metadata: tags }, 2).names).toBeNull()
})

it('says which other list names the outputs differently', () => {
  const lists = [companion('labels.txt', 'x\ny'), companion('class_names.json', '["p", "q"]')]
  expect(namesOfModel(beside(...lists), 2)).toMatchObject({
    names: { file: 'labels.txt' },
    rival: 'class_names.json',
  })
  const same = [companion('labels.txt', 'x\ny'), companion('class_names.json', '["x", "y"]')]
  expect(namesOfModel(beside(...same), 2).rival).toBeNull()
})

it('reads names in old encodings, and in a text of JSON inside the metadata', () => {
  const wide = Uint8Array.from([
    0xff,
    0xfe,
    ...'x\ny'.split('').flatMap((c) => [c.charCodeAt(0), 0]),
  ])
  expect(namesOfModel(beside(companion('labels.txt', wide)), 2).names?.names).toEqual(['x', 'y'])
  const metadata = { extra: '{"labels": ["a", "b"]}', note: '{not json' }
  expect(namesOfModel({ metadata, file: 'model.json', companions: [] }, 2).names?.names).toEqual([
    'a',
    'b',
  ])
})

import { describe, expect, it } from 'vitest'
import { namesForOutputs, parseClassNames, readClassNames } from './class-names'

describe('a list of class names', () => {
  it.each([
    ['lines', 'cat\r\n dog \nbird\n', ['cat', 'dog', 'bird']],
    ['a JSON list', '["cat", "dog"]', ['cat', 'dog']],
    ['names by output', '{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    ['outputs by name', '{"dog": 1, "cat": 0}', ['cat', 'dog']],
    ['outputs as texts', '{"dog": "1", "cat": "0"}', ['cat', 'dog']],
    ['numbered lines', '0 Rock\n1 Paper\n2 Scissors\n', ['Rock', 'Paper', 'Scissors']],
    ['lines numbered from 1, out of order', '2: b b\n1: a\n3: c', ['a', 'b b', 'c']],
    ['names that begin with a number', '3 doors\n5 doors', ['3 doors', '5 doors']],
    ['names that are numbers', '0\n1\n2', ['0', '1', '2']],
    ['Teachable Machine', '{"tmVersion": "2", "labels": ["Rock", "Paper"]}', ['Rock', 'Paper']],
    ['its sounds', '{"wordLabels": ["clap", "snap"]}', ['clap', 'snap']],
    [
      'Hugging Face',
      '{"id2label": {"1": "b", "0": "a"}, "label2id": {"a": 0, "b": 1}}',
      ['a', 'b'],
    ],
    ['label2id alone', '{"x": 1, "label2id": {"b": 1, "a": 0}}', ['a', 'b']],
    [
      'ml5',
      '{"inputUnits": [2], "outputs": {"color": {"dtype": "string", "uniqueValues": ["r", "g"], "legend": {"g": [0, 1], "r": [1, 0]}}}}',
      ['r', 'g'],
    ],
    ['classes of which one is called labels', '{"labels": 1, "cat": 0}', ['cat', 'labels']],
    ['the index of ImageNet', '{"0": ["n1", "tench"], "1": ["n2", "shark"]}', ['tench', 'shark']],
    [
      'Lobe',
      '{"doc_id": "x", "format": "tf_js", "classes": {"Label": ["cat", "dog"]}, "inputs": {"Image": {"dtype": "float32", "shape": [null, 224, 224, 3], "name": "i:0"}}}',
      ['cat', 'dog'],
    ],
    ['outputs by name from 1, where they are told', '{"label2id": {"b": 2, "a": 1}}', ['a', 'b']],
    [
      'the features of ml5',
      '{"ml5Specs": 1, "mapStringToIndex": ["me", "not me"]}',
      ['me', 'not me'],
    ],
  ])('is read from %s', async (_, text, names) => {
    expect((await parseClassNames('names', text)).names).toEqual(names)
  })

  it.each([
    ['numbered lines', '1 cat\n2 dog'],
    ['names by output', '{"1": "cat", "2": "dog"}'],
    ['a list of COCO', '{"categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]}'],
  ])('from 1 leaves 0 to the background: %s', async (_, text) => {
    const list = await parseClassNames('names', text)
    expect(list).toEqual({ names: ['cat', 'dog'], first: 1 })
    expect(namesForOutputs(list, 2)).toEqual(['cat', 'dog'])
    expect(namesForOutputs(list, 3)).toEqual(['background', 'cat', 'dog'])
    expect(namesForOutputs(list, 4)).toBeNull()
  })

  it('with the background, for a model without', async () => {
    const list = await parseClassNames('labels.txt', 'background\ntench\ngoldfish')
    expect(namesForOutputs(list, 2)).toEqual(['tench', 'goldfish'])
    expect(namesForOutputs(list, 3)).toEqual(['background', 'tench', 'goldfish'])
    const other = await parseClassNames('labels.txt', 'cat\ntench\ngoldfish')
    expect(namesForOutputs(other, 2)).toBeNull()
  })

  it('is called by number where COCO has none', async () => {
    const text = '[{"id": 1, "name": "person"}, {"id": 3, "name": "car"}]'
    expect((await parseClassNames('labels.json', text)).names).toEqual(['person', '2', 'car'])
  })

  it('is read in old encodings', async () => {
    const gbk = Uint8Array.of(0xc3, 0xa8, 0x0a, 0xb9, 0xb7)
    expect((await readClassNames('labels.txt', gbk)).names).toEqual(['猫', '狗'])
  })

  it.each([
    '',
    'one',
    '["a", 2]',
    '{"0": "a", "9": "b"}',
    '{"a": "b"}',
    '[1',
    'a\n\nb',
    '{"a": 0, "b": 0}',
    '{"labels": []}',
    '{"__proto__": ["a", "b"]}',
    `a\n${'b'.repeat(1001)}`,
    '{"epochs": 1, "batch": 2}',
    '[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]',
    '[{"id": 1, "name": "a"}, {"name": "b"}]',
    '[{"id": 1.5, "name": "a"}, {"id": 2, "name": "b"}]',
  ])('is refused: %j', async (text) => {
    await expect(parseClassNames('names', text)).rejects.toThrow(/data\/class-names/)
  })
})

/** As the exporter of Ultralytics writes it, long names folded by PyYAML. */
const ultralytics = `description: Ultralytics YOLOv8n-cls model trained on imagenet10
author: Ultralytics
date: '2024-05-11T09:12:44.310041'
version: 8.2.11
license: AGPL-3.0 License (https://ultralytics.com/license)
docs: https://docs.ultralytics.com
stride: 1
task: classify
batch: 1
imgsz: &id001
- 224
- 224
names:
  0: tench
  1: 'no'
  2: jack-o'-lantern
  3: '1980'
  4: "caf\\xE9"
  5: electric ray, crampfish, numbfish, torpedo, a fish that has its long name folded onto
    the next line
args:
  imgsz: *id001
`

describe('names in YAML', () => {
  it.each([
    [
      'the metadata of Ultralytics',
      ultralytics,
      [
        'tench',
        'no',
        "jack-o'-lantern",
        '1980',
        'café',
        'electric ray, crampfish, numbfish, torpedo, a fish that has its long name folded onto the next line',
      ],
    ],
    [
      'data.yaml of Roboflow',
      "train: ../train/images\nval: ../valid/images\n\nnc: 3\nnames: ['cat', 'dog', 'yes']\n",
      ['cat', 'dog', 'yes'],
    ],
    [
      'coco.yaml with remarks',
      'path: ../datasets # root\nnames:\n  0: person # who\n  1: traffic light\n',
      ['person', 'traffic light'],
    ],
    ['a list', 'names:\n- on\n- off\n', ['on', 'off']],
  ])('are read from %s', async (_, text, names) => {
    expect(await parseClassNames('metadata.yaml', text)).toEqual({ names, first: 0 })
  })

  it.each([
    ['no names', 'task: classify\nbatch: 1\n'],
    ['one line', 'cat'],
    ['a broken list', "names: ['a', 'b'"],
    ['two names for one output', 'names:\n  0: a\n  00: b\n'],
    ['deep nesting', `names: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['more than any description has', `names: [a, b]\n# ${'x'.repeat(2 ** 18)}`],
    [
      'names that stand for many others',
      `a: &a [${'x,'.repeat(99)}x]\n${Array.from({ length: 6 }, (_, at) => {
        const [before = '', name = ''] = ['abcdefg'[at], 'abcdefg'[at + 1]]
        return `${name}: &${name} [${`*${before},`.repeat(99)}*${before}]`
      }).join('\n')}\nnames: *g`,
    ],
  ])('are refused where there are %s', async (_, text) => {
    await expect(parseClassNames('metadata.yaml', text)).rejects.toThrow(/data\/class-names/)
  })
})

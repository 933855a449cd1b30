import { describe, expect, it, test } from 'vitest'
import { parseClassNames } from './class-names'
import { labelMapItems } from './label-map'

describe('a label map of TensorFlow', () => {
  test.each([
    [
      'of the object detection interface',
      `item {
  name: "/m/01g317"
  id: 1
  display_name: "person"
}
item {
  name: "/m/0199g"
  id: 2
  display_name: "bicycle"
}
`,
      ['person', 'bicycle'],
    ],
    [
      'by hand, on one line, in single quotes, with remarks',
      "# ours\nitem { id: 1, name: 'cat' } # first\nitem: < id: 2; name: 'dog' >",
      ['cat', 'dog'],
    ],
    [
      'with fields inside fields',
      `item {
  id: 1
  name: "hand"
  keypoints { id: 3 label: "thumb" }
  keypoints: [{ id: 4 }]
  frequency: FREQUENT
  instance_count: 12
}
item { id: 2 name: "foot" }`,
      ['hand', 'foot'],
    ],
    [
      'with letters as bytes, and quotes',
      String.raw`item { id: 1 name: "caf\303\251" } item { id: 2 name: 'it\'s \"so\"' } item { id: 3 name: "\xe7\x8c\xab" }`,
      ['café', `it's "so"`, '猫'],
    ],
  ])('%s', async (_, text, names) => {
    expect(await parseClassNames('label_map.pbtxt', text)).toEqual({ names, first: 1 })
  })

  it('may count from 0, in any order, and lack numbers', async () => {
    const zero = 'item { id: 1 name: "b" } item { id: 0 name: "a" }'
    expect(await parseClassNames('x.pbtxt', zero)).toEqual({ names: ['a', 'b'], first: 0 })
    const gap = 'item { id: 1 name: "a" } item { id: 3 name: "c" }'
    expect(await parseClassNames('x.pbtxt', gap)).toEqual({ names: ['a', '2', 'c'], first: 1 })
  })

  it.each([
    ['another message', 'node { name: "x" }'],
    ['no end', 'item { id: 1 name: "a"'],
    ['an end too many', 'item { id: 1 } }'],
    ['an open text', 'item { id: 1 name: "a }\n'],
    ['a field without a value', 'item { id: }'],
    ['a value without a field', 'item { "a" }'],
    ['a sign that is none', 'item { id = 1 }'],
    ['very many remarks', `${'# '.repeat(50_000)}\n!`],
    ['very many brackets', 'item{'.repeat(50_000)],
  ])('is refused where it has %s', async (_, text) => {
    expect(labelMapItems(text)).toBeNull()
    await expect(parseClassNames('label_map.pbtxt', text)).rejects.toThrow(/data\/class-names/)
  })

  it.each([
    ['no items', ''],
    ['items without names', 'item { id: 1 } item { id: 2 }'],
    ['a number twice', 'item { id: 1 name: "a" } item { id: 1 name: "b" }'],
    ['a number of no output', 'item { id: -1 name: "a" } item { id: 2 name: "b" }'],
  ])('names nothing with %s', async (_, text) => {
    await expect(parseClassNames('label_map.pbtxt', text)).rejects.toThrow(/data\/class-names/)
  })
})

import { describe, expect, it } from 'vitest'
import { whole } from '../../../testing/files/graph-attributes'
import { graphBundle, nodeOf, smallGraph } from '../../../testing/files/graph-files'
import type { GraphFiles } from '../../../testing/files/graph-files'
import { GraphWriter } from '../../../testing/files/graph-writer'
import type { ModelGraph } from '../../graph/graph'
import { openModel } from '../importers'

async function graphOf(files: GraphFiles): Promise<ModelGraph> {
  return (await openModel(graphBundle(files), () => Promise.resolve())).graph
}

describe('what is given to a graph', () => {
  it.each([
    [
      'open sides',
      { shape: { dim: [{ size: '-1' }, { size: '0' }, { size: 3 }] } },
      [null, null, 3],
    ],
    ['no axes', { shape: {} }, []],
    ['no rank', { shape: { unknownRank: true } }, null],
    ['no list of sides', { shape: { dim: 3 } }, null],
    [
      'sides that are none',
      { shape: { dim: [null, { size: 'many' }, { size: '1e3' }] } },
      [null, null, 1000],
    ],
  ])('of a placeholder with %s', async (_, shape, expected) => {
    const files = smallGraph()
    delete files.json.signature
    Object.assign(nodeOf(files, 'image').attr, { shape })
    expect((await graphOf(files)).inputs[0]?.shape).toEqual(expected)
  })

  it('is shaped as the signature says where the placeholder says nothing', async () => {
    const files = smallGraph()
    nodeOf(files, 'image').attr = {}
    expect((await graphOf(files)).inputs).toEqual([
      { value: 'image', shape: [null, 8, 8, 3], dtype: 'float32' },
    ])
  })

  it('stands in the order of the signature, and whatever the signature leaves out stays as it is', async () => {
    const net = new GraphWriter()
    for (const name of ['a', 'b', 'c'])
      net.input(name, [-1, 2], name === 'b' ? 'DT_INT32' : 'DT_FLOAT')
    net.node('PlaceholderWithDefault', 'd', [net.weight('default', [2])])
    net.node('AddN', 'sum', ['a', 'b', 'c', 'd'])
    const port = (name: string) => ({ name: `${name}:0` })
    const graph = await graphOf(
      net.files({ inputs: { x: port('c'), y: port('b'), z: port('gone') } }),
    )
    expect(graph.inputs.map(({ dtype, value }) => [value, dtype])).toEqual([
      ['c', 'float32'],
      ['b', 'int32'],
    ])
    // What is handed on by default is folded away.
    expect(graph.nodes.map(({ id, inputs, op }) => [id, op, inputs])).toEqual([
      ['a', 'opaque', []],
      ['sum', 'combine', ['a', 'b', 'c', 'default']],
    ])
    const open = await graphOf(net.files())
    expect(open.inputs.map(({ value }) => value)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('what is taken from a graph', () => {
  it('are the values that its signature names, each once', async () => {
    const net = new GraphWriter()
    net.node('TopKV2', 'top', [net.input('x', [-1, 5]), net.wholes('k', [2], [])])
    const outputs = {
      places: { name: 'top:1' },
      best: { name: 'top' },
      again: { name: 'top:1' },
      odd: 3,
    }
    expect((await graphOf(net.files({ outputs }))).outputs).toEqual(['top:1', 'top'])
  })

  it('are those that nothing comes after, where nothing is signed', async () => {
    const net = new GraphWriter()
    const x = net.input('x', [-1, 6])
    net.node('Split', 'parts', [net.wholes('axis', [1], []), x], { num_split: whole(2) })
    net.node('Relu', 'second', ['parts:1', '^first'])
    net.node('Relu', 'first', ['parts'])
    net.node('NoOp', 'init', [])
    net.node('Relu', 'late', ['second', '^init'])
    const graph = await graphOf(net.files())
    expect(graph.outputs).toEqual(['late'])
    expect(graph.nodes.map(({ id, inputs }) => [id, inputs])).toEqual([
      ['parts', ['x']],
      ['second', ['parts:1']],
      ['first', ['parts']],
      ['late', ['second']],
    ])
  })
})

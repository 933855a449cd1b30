import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { compareWithStock } from '../../../../testing/engine/compare-with-stock'
import {
  mobileGraph,
  segmentGraph,
  transformerGraph,
} from '../../../../testing/files/converted-graphs'
import { smallGraph } from '../../../../testing/files/graph-files'
import { GraphWriter } from '../../../../testing/files/graph-writer'
import type { OperatorCase } from '../../../../testing/files/operator-cases/operator-case'
import { numberCases } from '../../../../testing/files/operator-cases/numbers'
import { placeCases } from '../../../../testing/files/operator-cases/places'
import { windowCases } from '../../../../testing/files/operator-cases/windows'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const cases = [...numberCases, ...windowCases, ...placeCases]

describe('an operator means in the graph what stock TensorFlow.js computes', () => {
  it.each(cases.map((each) => [each.name ?? each.op, each] as const))('%s', async (_, each) => {
    const { at = 0, attr, constants = [], least = -2, most = 2, op, outputs = 1 } = each
    const { nodes, sides = [3, 4], type = 'DT_FLOAT' } = each
    const writer = new GraphWriter()
    const read = constants.map((constant, index) => written(writer, `c${index}`, constant))
    read.splice(at, 0, writer.input('x', [-1, ...sides.slice(1)], type))
    writer.node(op, 'y', read, attr)
    // Each has a reader of its own: of what nothing reads, stock TensorFlow.js gives the first alone.
    const readers = outputs === 1 ? [] : Array.from({ length: outputs }, (_value, index) => index)
    for (const index of readers)
      writer.node('Identity', `y${index}`, [index === 0 ? 'y' : `y:${index}`])
    const drawn = tf.randomUniform(sides, least, most, 'float32', 3)
    const given = type === 'DT_FLOAT' ? drawn : drawn.cast(type === 'DT_BOOL' ? 'bool' : 'int32')
    const graph = await compareWithStock(writer.files(), [given])
    expect(graph.nodes.map((node) => node.op)).toEqual([...nodes, ...readers.map(() => 'identity')])
  })
})

describe('a graph as the converter writes it means what stock TensorFlow.js computes', () => {
  const picture = (...sides: number[]) => tf.randomUniform(sides, -2, 2, 'float32', 3)
  const tokens = () => tf.randomUniform([3, 6], 0, 20, 'int32', 3)

  it.each([
    ['small', smallGraph, () => picture(3, 8, 8, 3)],
    ['MobileNet, fused', mobileGraph, () => picture(2, 16, 16, 3)],
    ['transformer', transformerGraph, tokens],
    ['segments, with what was skipped', segmentGraph, () => picture(2, 8, 8, 2)],
  ])('%s', async (_, build, input) => {
    const graph = await compareWithStock(build(), [input()])
    expect(graph.nodes.map(({ op }) => op)).not.toContain('opaque')
  })
})

function written(
  writer: GraphWriter,
  name: string,
  constant: NonNullable<OperatorCase['constants']>[number],
): string {
  if (!('sides' in constant)) return writer.wholes(name, constant)
  const { sides, told, whole } = constant
  return whole === true ? writer.wholes(name, told ?? [], sides) : writer.weight(name, sides, told)
}

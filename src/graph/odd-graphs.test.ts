import { expect, test } from 'vitest'
import { oddGraph } from '../../testing/models/odd-graphs'
import { foldConstants } from './fold-constants'
import { macsOf } from './macs-of'
import { shapesOf } from './shapes-of'

const GRAPHS = 300

test('nothing throws, whatever nodes read, and what is folded has the shapes that it had', () => {
  let [known, folded] = [0, 0]
  for (let seed = 0; seed < GRAPHS; seed++) {
    const graph = oddGraph(seed)
    const before = shapesOf(graph)
    const less = foldConstants(graph)
    const after = shapesOf(less)
    for (const [name, shape] of after) {
      known++
      expect(before.get(name), `${seed}: ${name}`).toEqual(shape)
    }
    for (const name of graph.outputs)
      expect(after.get(name), `${seed}: ${name}`).toEqual(before.get(name))
    expect(foldConstants(less), `${seed}`).toEqual(less)
    folded += graph.nodes.length - less.nodes.length
    for (const [, macs] of macsOf(graph)) expect(macs === null || macs >= 0).toBe(true)
  }
  expect(known).toBeGreaterThan(GRAPHS * 10)
  expect(folded).toBeGreaterThan(GRAPHS)
})

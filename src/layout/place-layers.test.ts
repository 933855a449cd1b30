import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import type { DrawnLayer } from './chains'
import { chainsOf } from './chains'
import { box } from './drawing'
import type { Drawing } from './drawing'
import { MOST_CHAINS, placeLayers } from './place-layers'

/** Layers that each read one to three of those before them, most of them the last. */
function randomLayers(seed: number, count: number): DrawnLayer[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, index) => ({
    name: `layer${index}`,
    inputs:
      index === 0
        ? []
        : Array.from({ length: random.below(8) === 0 ? 1 + random.below(3) : 1 }, (__, nth) =>
            nth === 0 ? `layer${index - 1}` : `layer${Math.max(0, index - 1 - random.below(12))}`,
          ),
  }))
}

function drawn(layers: readonly DrawnLayer[]): Drawing {
  const drawing = placeLayers(layers)
  if (drawing === null) throw new Error('not drawn')
  return drawing
}

function overlaps({ layers }: Drawing): string[] {
  return layers.flatMap((one, index) =>
    layers
      .slice(index + 1)
      .filter(
        (other) => Math.abs(one.x - other.x) < box.width && Math.abs(one.y - other.y) < box.height,
      )
      .map((other) => `${one.name} ${other.name}`),
  )
}

describe('a drawing', () => {
  it.each([1, 2, 3])('of 400 random layers has all of them and every line, seed %i', (seed) => {
    const layers = randomLayers(seed, 400)
    const drawing = drawn(layers)
    expect(drawing.layers.map(({ name }) => name)).toEqual(layers.map(({ name }) => name))
    expect(overlaps(drawing)).toEqual([])
    const wanted = layers.flatMap(({ name, inputs }) =>
      [...new Set(inputs)].map((input) => `${input} ${name}`),
    )
    expect(drawing.edges.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(wanted.sort())
    const places = new Map(drawing.layers.map((layer) => [layer.name, layer]))
    for (const { from, to, points } of drawing.edges) {
      const [above, below] = [places.get(from), places.get(to)]
      expect(points[0]).toEqual({
        x: (above?.x ?? NaN) + box.width / 2,
        y: (above?.y ?? NaN) + box.height,
      })
      expect(points.at(-1)).toEqual({ x: (below?.x ?? NaN) + box.width / 2, y: below?.y })
      // Values flow downwards.
      expect(above?.y ?? NaN).toBeLessThan(below?.y ?? NaN)
    }
    for (const { x, y } of drawing.layers) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
      expect(x + box.width).toBeLessThanOrEqual(drawing.width)
      expect(y + box.height).toBeLessThanOrEqual(drawing.height)
    }
  })

  it('is the same for the same model', () => {
    expect(drawn(randomLayers(4, 60))).toEqual(drawn(randomLayers(4, 60)))
  })

  it('has layers that read nothing, what is not there and themselves', () => {
    const drawing = drawn([
      { name: 'a', inputs: ['gone', 'a'] },
      { name: 'b', inputs: [] },
    ])
    expect(drawing.edges).toEqual([])
    expect(overlaps(drawing)).toEqual([])
  })

  it('has layers that go round', () => {
    const round = [
      { name: 'a', inputs: ['c'] },
      { name: 'b', inputs: ['a'] },
      { name: 'c', inputs: ['b'] },
      { name: 'd', inputs: ['e', 'c'] },
      { name: 'e', inputs: ['d'] },
    ]
    const drawing = drawn(round)
    expect(drawing.layers.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(drawing.edges).toHaveLength(6)
    expect(overlaps(drawing)).toEqual([])
  })

  it('is not tried of more layers than can be laid out', () => {
    const fan = Array.from({ length: MOST_CHAINS + 1 }, (_, index) => ({
      name: String(index),
      inputs: [],
    }))
    expect(placeLayers(fan)).toBeNull()
  })

  it('of one that has no layers is empty', () => {
    expect(drawn([])).toEqual({ width: 0, height: 0, layers: [], edges: [] })
  })
})

describe('chains', () => {
  it('end where values part or meet', () => {
    const { chains } = chainsOf([
      { name: 'image', inputs: [] },
      { name: 'conv', inputs: ['image'] },
      { name: 'left', inputs: ['conv'] },
      { name: 'more', inputs: ['left'] },
      { name: 'sum', inputs: ['conv', 'more'] },
      { name: 'answer', inputs: ['sum'] },
    ])
    expect(chains.map(({ layers }) => layers)).toEqual([
      ['image', 'conv'],
      ['left', 'more'],
      ['sum', 'answer'],
    ])
  })
})

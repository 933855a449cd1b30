import { box } from '../../../layout/drawing'
import type { Drawing, PlacedLayer } from '../../../layout/drawing'

export type Way = 'up' | 'down' | 'left' | 'right' | 'first' | 'last'

/** Where each key leads in a graph. */
export const ways: Readonly<Record<string, Way>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'first',
  End: 'last',
}

/**
 * The layer that is reached from another: up and down along the lines, of several the straightest; left and right
 * to what stands beside it.
 * @returns null where none lies there
 */
export function walked(drawing: Drawing, from: string, way: Way): string | null {
  const { layers, edges } = drawing
  const here = layers.find(({ name }) => name === from)
  if (here === undefined) return null
  const nearest = (those: readonly PlacedLayer[]): string | null =>
    those.toSorted((one, other) => distance(one, here) - distance(other, here))[0]?.name ?? null
  const named = (names: ReadonlySet<string>): PlacedLayer[] =>
    layers.filter(({ name }) => names.has(name))
  switch (way) {
    case 'up':
      return nearest(named(new Set(edges.flatMap((edge) => (edge.to === from ? edge.from : [])))))
    case 'down':
      return nearest(named(new Set(edges.flatMap((edge) => (edge.from === from ? edge.to : [])))))
    case 'left':
      return nearest(layers.filter((one) => isBeside(one, here) && one.x < here.x))
    case 'right':
      return nearest(layers.filter((one) => isBeside(one, here) && one.x > here.x))
    case 'first':
      return layers.toSorted((one, other) => one.y - other.y || one.x - other.x)[0]?.name ?? null
    case 'last':
      return layers.toSorted((one, other) => other.y - one.y || one.x - other.x)[0]?.name ?? null
  }
}

/** At least half of it stands at the same height. */
function isBeside(one: PlacedLayer, here: PlacedLayer): boolean {
  return one.name !== here.name && Math.abs(one.y - here.y) <= box.height / 2 + box.below / 2
}

function distance(one: PlacedLayer, here: PlacedLayer): number {
  return Math.hypot(one.x - here.x, one.y - here.y)
}

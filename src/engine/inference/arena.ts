import type { ValueName } from '../../graph/values'
import type { InferencePlan, Value } from './plan'
import { readsOf } from './step'

/** Kernels write whole vectors, and begin at whole lines of the cache. */
const LINE_FLOATS = 16

/** Where values lie, in floats from the beginning of the arena. */
export interface Arena {
  readonly places: ReadonlyMap<ValueName, number>
  readonly floats: number
}

interface Span {
  readonly from: number
  readonly to: number
  /** The last step that reads it. */
  readonly until: number
}

/**
 * Gives each value the first place that is free for as long as it is read. What a step gives never lies where it reads.
 * @param samples of a batch
 */
export function arenaFor(plan: InferencePlan, samples: number): Arena {
  const last = new Map<ValueName, number>()
  for (const [at, step] of plan.steps.entries())
    for (const name of readsOf(step)) last.set(name, at)
  for (const { name } of plan.outputs) last.set(name, Infinity)
  const places = new Map<ValueName, number>()
  let taken: Span[] = []
  let floats = 0
  const put = (name: ValueName, at: number): void => {
    const size = roundUp((plan.values.get(name) ?? 0) * samples + 4)
    taken = taken.filter(({ until }) => until >= at).toSorted((a, b) => a.from - b.from)
    let from = 0
    for (const span of taken) {
      if (span.from - from >= size) break
      from = Math.max(from, span.to)
    }
    taken.push({ from, to: from + size, until: last.get(name) ?? at })
    places.set(name, from)
    floats = Math.max(floats, from + size)
  }
  for (const { name } of plan.inputs) put(name, -1)
  for (const [at, { out }] of plan.steps.entries()) put(out, at)
  return { places, floats }
}

/** What is there before a step, and read by it or a later one. */
export function liveAt(plan: InferencePlan, at: number): readonly Value[] {
  const made = [
    ...plan.inputs.map(({ name }) => name),
    ...plan.steps.slice(0, at).map(({ out }) => out),
  ]
  const read = new Set(plan.steps.slice(at).flatMap(readsOf))
  for (const { name } of plan.outputs) read.add(name)
  return made
    .filter((name) => read.has(name))
    .map((name) => ({ name, size: plan.values.get(name) ?? 0 }))
}

export function roundUp(floats: number): number {
  return Math.ceil(floats / LINE_FLOATS) * LINE_FLOATS
}

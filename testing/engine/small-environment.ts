/** The engine's place in Node with the built-in data sets cut short. */
import type { EngineEnvironment } from '../../src/engine/host/environment'
import { nodeEnvironment } from '../../src/engine/host/node-environment'
import { smallCounts, smallDataFile } from '../files/small-data'

export function smallEnvironment(changes: Partial<EngineEnvironment> = {}): EngineEnvironment {
  const own = nodeEnvironment()
  return {
    ...own,
    fetchOwn: (path, signal) => {
      const file = smallDataFile(path, smallCounts)
      return file === undefined ? own.fetchOwn(path, signal) : Promise.resolve(new Response(file))
    },
    ...changes,
  }
}

/** A clock by which a second passes between two looks: what is told from time to time is told every time. */
export function eagerClock(): Pick<EngineEnvironment, 'now'> {
  let time = 0
  return { now: () => (time += 1000) }
}

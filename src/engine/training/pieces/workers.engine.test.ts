import { describe, expect, it } from 'vitest'
import { freshEngine } from '../../../../testing/engine/drive-engine'
import {
  bitsOf,
  everything,
  ofType,
  openBars,
  trainer,
} from '../../../../testing/engine/training-ground'
import { nodeCores } from '../../host/cores-in-node'

const cores = { ...nodeCores(1) }
const engine = freshEngine({ cores })
const train = trainer(engine)

describe('the bits of a run', () => {
  it('do not depend on how many workers learn the pieces of a batch', async () => {
    const runs = []
    for (const count of [1, 2, 3]) {
      Object.assign(cores, { count })
      await openBars(engine.current, 200)
      const { result, events } = await train({
        ...everything,
        settings: { ...everything.settings, epochs: 1, batchSize: 48, pieces: 3 },
      })
      runs.push({ bits: await bitsOf(result), workers: ofType(events, 'progress').map((e) => e.workers) })
    }
    console.log(runs.map((r) => [r.workers, r.bits.slice(0, 4)]))
    expect(runs[1]?.bits).toEqual(runs[0]?.bits)
    expect(runs[2]?.bits).toEqual(runs[0]?.bits)
  })
})

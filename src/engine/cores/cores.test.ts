import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CoresHost, HelperPort } from '../host/cores-host'
import { Cores } from './cores'
import type { Answered, Asked } from './helper'

const terminated: HelperPort[] = []

/** Workers that answer all that they are asked, or nothing at all. */
function hostOf(count: number, answers: (index: number) => boolean): CoresHost {
  let index = 0
  return {
    ...{ count, isShared: true },
    spawn: () => {
      const speaks = answers(index++)
      let hear: (message: unknown) => void = () => undefined
      const port: HelperPort = {
        post: (message) => {
          const { id } = message as Asked
          if (speaks) hear({ id, value: null } satisfies Answered)
        },
        onMessage: (listener) => {
          hear = listener
        },
        onDeath: () => undefined,
        terminate: () => {
          terminated.push(port)
        },
      }
      return port
    },
  }
}

function coresWith(cores: CoresHost): Cores {
  const trainingKernels = () => Promise.resolve(new Uint8Array(0))
  return new Cores({ cores, trainingKernels, wasmPaths: {} as never }, () => 'wasm')
}

beforeEach(() => {
  terminated.length = 0
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('further workers', () => {
  it('that never say that they have started are done without', async () => {
    const cores = coresWith(hostOf(3, (index) => index > 0))
    const asked = cores.crew(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await asked).toHaveLength(1)
    expect(terminated).toHaveLength(1)
    // Another one takes its place when it is wanted again.
    expect(await cores.crew(2)).toHaveLength(2)
  })

  it('are no more than a person lets the studio have', async () => {
    const cores = coresWith(hostOf(8, () => true))
    cores.limit(3)
    expect(cores.count).toBe(3)
    expect(await cores.crew(7)).toHaveLength(2)
    cores.limit(0)
    expect(cores.count).toBe(1)
  })
})

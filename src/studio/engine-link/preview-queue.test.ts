import { describe, expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import type { PreviewRequest } from '../../protocol/recipe-messages'
import { deferred } from './deferred'
import type { Deferred } from './deferred'
import { PreviewQueue } from './preview-queue'
import { weightsEvent } from '../../../testing/studio/test-data'

function request(seed: number, mode: PreviewRequest['mode']): PreviewRequest {
  return { recipe: { ...defaultRecipe, seed }, focus: [], mode }
}

/** A queue whose engine answers when the test says so. */
function setUp() {
  const calls: {
    seed: number
    signal: AbortSignal
    answer: Deferred<undefined>
    emit: () => void
  }[] = []
  const log: string[] = []
  const queue = new PreviewQueue(
    ({ recipe }, onEvent, signal) => {
      const answer = deferred<undefined>()
      signal.addEventListener('abort', () => {
        answer.reject(new StudioError('engine/cancelled', {}))
      })
      calls.push({
        seed: recipe.seed,
        signal,
        answer,
        emit: () => {
          onEvent(weightsEvent())
        },
      })
      return answer.promise
    },
    {
      started: ({ recipe }) => log.push(`started ${recipe.seed}`),
      event: (_event, { recipe }) => log.push(`event ${recipe.seed}`),
      finished: ({ recipe }) => log.push(`finished ${recipe.seed}`),
      failed: (error, { recipe }) => log.push(`failed ${recipe.seed} ${error.code}`),
    },
  )
  return { queue, calls, log }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('preview queue', () => {
  it('never queues up: the newest of many moves follows the one in flight', async () => {
    const { queue, calls } = setUp()
    for (let seed = 1; seed <= 60; seed++) queue.request(request(seed, 'dragging'))
    expect(calls.map((call) => call.seed)).toEqual([1])
    calls[0]?.answer.resolve(undefined)
    await settle()
    expect(calls.map((call) => call.seed)).toEqual([1, 60])
  })

  it('lets the preview of a moving thumb finish, so that a long drag shows numbers', async () => {
    const { queue, calls, log } = setUp()
    queue.request(request(1, 'dragging'))
    queue.request(request(2, 'dragging'))
    expect(calls[0]?.signal.aborted).toBe(false)
    calls[0]?.emit()
    calls[0]?.answer.resolve(undefined)
    await settle()
    expect(log).toEqual(['started 1', 'event 1', 'finished 1', 'started 2'])
  })

  it('ends a settled measurement at the next move and shows nothing more of it', async () => {
    const { queue, calls, log } = setUp()
    queue.request(request(1, 'settled'))
    queue.request(request(2, 'dragging'))
    calls[0]?.emit()
    await settle()
    expect(log).toEqual(['started 1', 'started 2'])
  })

  it('reports a failure and goes on with what came meanwhile', async () => {
    const { queue, calls, log } = setUp()
    queue.request(request(1, 'dragging'))
    queue.request(request(2, 'dragging'))
    calls[0]?.answer.reject(new StudioError('engine/unexpected', { reason: 'x' }))
    await settle()
    expect(log).toEqual(['started 1', 'failed 1 engine/unexpected', 'started 2'])
  })

  it('forgets what waits when it is cleared', async () => {
    const { queue, calls, log } = setUp()
    queue.request(request(1, 'settled'))
    queue.request(request(2, 'settled'))
    queue.clear()
    await settle()
    expect(calls).toHaveLength(1)
    expect(log).toEqual(['started 1'])
  })
})

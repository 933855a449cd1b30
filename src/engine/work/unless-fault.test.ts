import { describe, expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import { watchDevice } from '../backend/gpu-watch'
import type { BackendWatch } from '../backend/gpu-watch'
import { unlessFault } from './unless-fault'

const aborted = (): DOMException =>
  new DOMException('The Device was lost before mapping was resolved.', 'AbortError')

/** A device that tells of its loss, as browsers do, after what was waiting for it has ended. */
function device(): { readonly watch: BackendWatch; readonly lose: () => void } {
  let lose = (): void => undefined
  const watch = watchDevice(
    {
      lost: new Promise((resolve) => {
        lose = () => {
          resolve({ reason: 'destroyed', message: 'gone' })
        }
      }),
      addEventListener: () => undefined,
      pushErrorScope: () => undefined,
      popErrorScope: () => {
        tell()
        return Promise.resolve(null)
      },
    },
    () => Promise.resolve(),
  )
  let tell = (): void => undefined
  return {
    watch,
    lose: () => {
      tell = lose
    },
  }
}

describe('work on a device', () => {
  it('that is lost under a reading ends with the loss and not as if somebody had cancelled it', async () => {
    const { lose, watch } = device()
    const reading = unlessFault(
      () => watch,
      () => {
        lose()
        throw aborted()
      },
    )
    await expect(reading).rejects.toMatchObject({ code: 'engine/device-lost' })
  })

  it('that is well ends with what it says itself', async () => {
    const { watch } = device()
    const ends = (error: Error): Promise<void> =>
      unlessFault(
        () => watch,
        () => Promise.reject(error),
      )
    await expect(ends(aborted())).rejects.toMatchObject({ name: 'AbortError' })
    await expect(ends(new StudioError('train/no-data', {}))).rejects.toMatchObject({
      code: 'train/no-data',
    })
    expect(
      await unlessFault(
        () => watch,
        () => 3,
      ),
    ).toBe(3)
  })

  it('ends with its loss though it waits for what never comes', async () => {
    const { lose, watch } = device()
    const waiting = unlessFault(
      () => watch,
      () => new Promise<never>(() => undefined),
    )
    lose()
    await expect(watch.settle()).rejects.toMatchObject({ code: 'engine/device-lost' })
    await expect(waiting).rejects.toMatchObject({ code: 'engine/device-lost' })
  })
})

import { gzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import { memoryFile } from './file-bundle'
import type { BundleFile } from './file-bundle'
import { gunzipped } from './gzip'
import { limits } from './limits'

const go = () => Promise.resolve()
const random = createRandom(5)
const noise = Uint8Array.from({ length: 65_521 }, () => random.below(16))

describe('what a gzipped file unpacks to', () => {
  /** It packs so badly that it takes many reads. */
  const whole = Uint8Array.from({ length: 2 ** 20 }, (_, at) => noise[at % noise.length] ?? 0)
  const packed = gzipSync(whole, { level: 1 })
  const file = memoryFile('a.csv.gz', packed)

  it('is what was packed, without the ending of its name', async () => {
    const unpacked = await gunzipped(file, go)
    expect(unpacked).toMatchObject({ path: 'a.csv', size: whole.length })
    expect(Buffer.compare(await unpacked.read(0, unpacked.size), whole)).toBe(0)
  })

  it('may be as much as it holds, and no byte is read once it is more', async () => {
    let read = 0
    const watched: BundleFile = {
      ...file,
      read: (start, end) => {
        read = Math.max(read, end)
        return file.read(start, end)
      },
    }
    const bounds = { ...limits, zipRatio: 0, zipFloorBytes: whole.length }
    await gunzipped(watched, go, bounds)
    expect(read).toBe(packed.length)
    read = 0
    const limit = whole.length / 4
    await expect(gunzipped(watched, go, { ...bounds, zipFloorBytes: limit })).rejects.toMatchObject(
      {
        code: 'data/too-large',
        params: { file: 'a.csv.gz', field: 'the number of bytes it unpacks to', limit },
      },
    )
    expect(read).toBeLessThan(packed.length / 2)
  })

  it('may be more for a larger file, and never more than the most', async () => {
    const tight = { zipFloorBytes: 0, zipRatio: 10, zipBytes: whole.length }
    expect((await gunzipped(file, go, tight)).size).toBe(whole.length)
    for (const change of [{ zipRatio: 1 }, { zipBytes: whole.length - 1 }])
      await expect(gunzipped(file, go, { ...tight, ...change })).rejects.toMatchObject({
        code: 'data/too-large',
      })
  })
})

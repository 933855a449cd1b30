import { encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { drained, file, freshEngine } from '../../../testing/engine/drive-engine'
import { npyBytes, zipOf } from '../../../testing/files/foreign-data'
import { pairFiles, pixelModel } from '../../../testing/files/picture-pairs'
import { casePictures, upTo } from '../../../testing/files/picture-cases'

const engine = freshEngine()

const ask = (files: readonly File[]) =>
  engine.current.data.pictures({ files, choices: {} }, new AbortController().signal)

describe('the first pictures of data', () => {
  it('are of each class alike, at most twelve, and small', async () => {
    const files = casePictures(
      upTo(40).map(
        (at) => [`${'abc'[at % 3] ?? ''}/${String(at).padStart(2, '0')}.png`, at % 3] as const,
      ),
    )
    const wide = encode({
      width: 200,
      height: 50,
      channels: 1,
      data: new Uint8Array(10_000).fill(90),
    })
    files.set('a/00.png', wide)
    files.set('b/01.png', Uint8Array.of(1, 2, 3))
    const found = await ask([file('p.zip', zipOf(files))])
    expect(found.map(({ name, label }) => `${label ?? ''} ${name}`)).toEqual([
      'a 00.png',
      'c 02.png',
      'a 03.png',
      'b 04.png',
      'c 05.png',
      'a 06.png',
      'b 07.png',
      'c 08.png',
      'a 09.png',
      'b 10.png',
      'c 11.png',
    ])
    expect(found[0]).toMatchObject({ width: 64, height: 16 })
    expect([...(found[0]?.rgba.subarray(0, 4) ?? [])]).toEqual([90, 90, 90, 255])
    expect(found[1]).toMatchObject({ width: 8, height: 8 })
  })

  it('are pairs, one beside the other', async () => {
    await drained(engine.current.model.open({ files: await pixelModel(-1, 1) }))
    const pairs = pairFiles(
      8,
      (i) => `in/${i}.png`,
      (i) => `out/${i}.png`,
    )
    const found = await ask([file('p.zip', zipOf(pairs))])
    expect(found).toHaveLength(12)
    const [shown, made] = found
    expect([shown?.name, made?.name]).toEqual(['0.png', '0.png'])
    expect(made?.rgba[0]).toBe(255 - (shown?.rgba[0] ?? 0))
  })

  it('of a picture of a hundred thousand pixels a side is not decoded', async () => {
    const bomb = encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(0) })
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(16, 100_000)
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(20, 100_000)
    const files = casePictures(upTo(6).map((at) => [`a/${at}.png`, 0] as const))
    files.set('a/3.png', bomb)
    expect((await ask([file('p.zip', zipOf(files))])).map(({ name }) => name)).not.toContain(
      '3.png',
    )
  })

  it('of arrays of bytes come with what was understood; numbers are none', async () => {
    const read = async (type: '|u1' | '<f4') => {
      const pixels = upTo(4 * 64).map((at) => at % 256)
      const npz = zipOf(
        new Map([
          ['x.npy', npyBytes(type, [4, 8, 8], pixels)],
          ['y.npy', npyBytes('<i4', [4], [0, 1, 0, 1])],
        ]),
      )
      const files = [file('d.npz', npz)]
      return (await drained(engine.current.data.read({ files, choices: {} }))).result.pictures
    }
    expect((await read('|u1'))?.map(({ name, label }) => [name, label])).toEqual([
      ['#1', '0'],
      ['#2', '1'],
      ['#3', '0'],
      ['#4', '1'],
    ])
    expect(await read('<f4')).toEqual([])
  })
})

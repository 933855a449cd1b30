import { describe, expect, it } from 'vitest'
import { drained, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import {
  floats,
  ofType,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { npyBytes, zipOf } from '../../../testing/files/foreign-data'
import { buildMobileNetV2 } from '../../../testing/models/real-size-models'
import { createRandom } from '../../core/random'

const engine = freshEngine()
const train = trainer(engine)
const SIDE = 32

/** Colour pictures of noise on a ground that says their class. */
function pictures(count: number): File {
  const random = createRandom(4)
  const size = SIDE * SIDE * 3
  const pixels = new Uint8Array(count * size)
  const labels = Int32Array.from({ length: count }, (_, index) => index % 4)
  labels.forEach((label, index) => {
    for (let at = 0; at < size; at++) pixels[index * size + at] = 40 * label + random.below(80)
  })
  const npz = zipOf(
    new Map([
      ['x.npy', npyBytes('|u1', [count, SIDE, SIDE, 3], pixels)],
      ['y.npy', npyBytes('<i4', [count], labels)],
    ]),
  )
  return new File([npz as BlobPart], 'pictures.npz')
}

describe('two steps of MobileNetV2, small', () => {
  it.each([
    [16, 'pieces'],
    [5, 'frozen'],
  ] as const)('in pieces of at most %i samples: %s', async (largestPiece, statistics) => {
    await openBuilt(engine.current, buildMobileNetV2(SIDE, 0.35, 4))
    await drained(engine.current.data.open({ files: [pictures(125)], choices: {}, settings: null }))
    const settings = settingsWith({
      epochs: 1,
      batchSize: 32,
      optimizer: 'sgd',
      learningRate: 0.01,
      batchNorm: { reestimate: false },
    })
    const { events } = await train({ settings, largestPiece })
    expect(ofType(events, 'started')).toMatchObject([
      { stepsPerEpoch: 2, batchSize: 32, piece: largestPiece, statistics },
    ])
    const checkpoint = lastOf(events, 'checkpoint')
    expect(checkpoint.step).toBe(2)
    const losses = ofType(events, 'progress').map(({ loss }) => loss)
    expect(losses.every(Number.isFinite)).toBe(true)
    const [before, after] = ofType(events, 'validation')
    const [from, to] = await Promise.all(
      [before, after].map((event) => floats(event?.trained.weights ?? new Blob())),
    )
    expect(to?.every(Number.isFinite)).toBe(true)
    expect(to).not.toEqual(from)
  })
})

import { describe, expect, it, test } from 'vitest'
import { hinted, preparationHint as hintIn } from './preparation-hint'
import type { Preparation } from './preparation'
import { scaleOf } from './preparation'
import { toldBeside } from './told-beside'
import type { ModelSources } from './told-beside'

const preparationHint = async (sources: ModelSources) => hintIn(await toldBeside(sources))
const alone: ModelSources = { metadata: null, ml5Specs: null, file: 'model.json', companions: [] }
const beside = (path: string, content: unknown): ModelSources => ({
  ...alone,
  companions: [
    { path: 'labels.txt', bytes: new TextEncoder().encode('cat\ndog') },
    { path, bytes: new TextEncoder().encode(JSON.stringify(content)) },
  ],
})
const color: Preparation = {
  fit: 'stretch',
  height: 8,
  width: 8,
  color: 'rgb',
  mean: [0, 0, 0],
  std: [1, 1, 1],
}
const gray: Preparation = { ...color, color: 'grey', mean: [0], std: [1] }
const vit = {
  do_normalize: true,
  do_rescale: true,
  do_resize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
  rescale_factor: 0.00392156862745098,
  size: { height: 224, width: 224 },
}

describe('how pictures are prepared', () => {
  it('is read from the metadata of Teachable Machine, beside the model or in it', async () => {
    const metadata = { packageName: '@teachablemachine/image', labels: ['a', 'b'], imageSize: 224 }
    const found = await preparationHint(beside('metadata.json', metadata))
    expect(found).toEqual({ fit: 'crop', numbers: 'signed', file: 'metadata.json' })
    const inside = await preparationHint({ ...alone, metadata })
    if (inside === null) throw new Error('no hint')
    expect(hinted(gray, inside)).toMatchObject({ fit: 'crop', mean: [0.5], std: [0.5] })
    const sound = { packageName: '@teachablemachine/audio', labels: ['a', 'b'] }
    expect(await preparationHint(beside('metadata.json', sound))).toBeNull()
  })

  it('is read from the configuration that Hugging Face keeps beside a model', async () => {
    const found = await preparationHint(beside('preprocessor_config.json', vit))
    if (found === null) throw new Error('no hint')
    expect(scaleOf(hinted(color, found))).toBe('imagenet')
    const [mean] = hinted(gray, found).mean
    expect(mean).toBeCloseTo(0.299 * 0.485 + 0.587 * 0.456 + 0.114 * 0.406, 10)
    expect(hinted({ ...color, color: 'bgr' }, found).mean).toEqual([0.406, 0.456, 0.485])
  })

  it.each([
    ['numbers from 0 to 255', { do_rescale: false, do_normalize: false }, 'bytes'],
    ['numbers from 0 to 1', { do_rescale: true, do_normalize: false }, 'unit'],
    [
      'numbers from -1 to 1 by a factor',
      {
        do_rescale: true,
        rescale_factor: 1 / 127.5,
        do_normalize: true,
        image_mean: 1,
        image_std: [1],
      },
      'signed',
    ],
  ])('knows %s', async (_, config, scale) => {
    const found = await preparationHint(beside('preprocessor_config.json', config))
    if (found === null) throw new Error('no hint')
    expect(scaleOf(hinted(color, found))).toBe(scale)
  })

  it('is read in any encoding, and one level down', async () => {
    const text = `\uFEFF${JSON.stringify(vit)}`
    const wide = Uint8Array.from(
      Array.from(text).flatMap((c) => [c.charCodeAt(0) & 0xff, c.charCodeAt(0) >> 8]),
    )
    const config = { path: 'preprocessor_config.json', bytes: wide }
    expect(await preparationHint({ ...alone, companions: [config] })).not.toBeNull()
    expect(
      await preparationHint(beside('processor_config.json', { image_processor: vit })),
    ).toMatchObject({
      file: 'processor_config.json',
    })
    expect(await preparationHint({ ...alone, metadata: { preprocessing: vit } })).toMatchObject({
      file: 'model.json',
    })
  })

  it('is that of Ultralytics for its classifiers alone', async () => {
    const metadata = (task: string) => ({
      ...alone,
      companions: [
        {
          path: 'metadata.yaml',
          bytes: new TextEncoder().encode(
            `author: Ultralytics\ntask: ${task}\nnames:\n  0: a\n  1: b\n`,
          ),
        },
      ],
    })
    expect(await preparationHint(metadata('classify'))).toEqual({
      fit: 'crop',
      numbers: 'unit',
      file: 'metadata.yaml',
    })
    expect(await preparationHint(metadata('detect'))).toBeNull()
  })

  it('of ml5 is that of its MobileNet for features', async () => {
    const found = await preparationHint({ ...alone, ml5Specs: { mapStringToIndex: ['a', 'b'] } })
    expect(found).toEqual({ fit: 'stretch', numbers: 'signed', file: 'model.json' })
  })

  /** As ml5's neuralNetwork writes it. */
  const network = (
    input: object,
    isNormalized: boolean,
    inputUnits: readonly number[] = [32, 32, 3],
  ) => ({
    inputUnits,
    outputUnits: 2,
    inputs: { image: input },
    outputs: { label: { dtype: 'string', min: 0, max: 1, legend: { a: [1, 0], b: [0, 1] } } },
    isNormalized,
  })
  it.each([
    ['scaled bytes', network({ dtype: 'array', min: 0, max: 255 }, true), 'unit'],
    ['bytes as they are', network({ dtype: 'array', min: 0, max: 255 }, false), 'bytes'],
    ['bytes of which none was white', network({ dtype: 'array', min: 51, max: 204 }, true), null],
  ])('of ml5 is that of its network for pictures: %s', async (_, meta, scale) => {
    const found = await preparationHint(beside('model_meta.json', meta))
    if (found === null) throw new Error('no hint')
    const shown = hinted(color, found)
    expect(scaleOf(shown)).toBe(scale)
    if (scale === null) expect([shown.mean[0], shown.std[2]]).toEqual([0.2, 0.6])
  })

  it.each([
    ['columns of a table', network({ dtype: 'number', min: 0, max: 255 }, true, [1])],
    ['a range of nothing', network({ dtype: 'array', min: 7, max: 7 }, true)],
    ['a range in words', network({ dtype: 'array', min: '0', max: '255' }, true)],
    ['a list of numbers', network({ dtype: 'array', min: 0, max: 1 }, true, [42])],
  ])('of ml5 is none for %s', async (_, meta) => {
    expect(await preparationHint(beside('model_meta.json', meta))).toBeNull()
  })

  it.each([
    ['a std of zero', { ...vit, image_std: [0, 1, 1] }],
    ['a mean of two channels', { ...vit, image_mean: [0.5, 0.5] }],
    ['a factor that is no number', { ...vit, rescale_factor: 'x' }],
    ['a list', [1, 2]],
    ['other JSON', { labels: ['a'] }],
  ])('is not made up from %s', async (_, config) => {
    expect(await preparationHint(beside('preprocessor_config.json', config))).toBeNull()
  })
})

test('metadata of ONNX are texts', async () => {
  const metadata = { do_normalize: 'true', image_mean: '[0.4]', image_std: '[0.2]' }
  const hint = await preparationHint({ metadata, ml5Specs: null, file: 'net.onnx', companions: [] })
  const numbers = { mean: [0.4, 0.4, 0.4], std: [0.2, 0.2, 0.2] }
  expect(hint).toEqual({ fit: 'stretch', numbers, file: 'net.onnx' })
})

import { describe, expect, it } from 'vitest'
import { hinted, preparationHint } from './preparation-hint'
import type { Preparation } from './preparation'
import { scaleOf } from './preparation'

const beside = (path: string, content: unknown) => ({
  metadata: null,
  file: 'model.json',
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
  it('is read from the metadata of Teachable Machine, beside the model or in it', () => {
    const metadata = { packageName: '@teachablemachine/image', labels: ['a', 'b'], imageSize: 224 }
    const found = preparationHint(beside('metadata.json', metadata))
    expect(found).toEqual({ fit: 'crop', numbers: 'signed', file: 'metadata.json' })
    const inside = preparationHint({ metadata, file: 'model.json', companions: [] })
    if (inside === null) throw new Error('no hint')
    expect(hinted(gray, inside)).toMatchObject({ fit: 'crop', mean: [0.5], std: [0.5] })
    const sound = { packageName: '@teachablemachine/audio', labels: ['a', 'b'] }
    expect(preparationHint(beside('metadata.json', sound))).toBeNull()
  })

  it('is read from the configuration that Hugging Face keeps beside a model', () => {
    const found = preparationHint(beside('preprocessor_config.json', vit))
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
  ])('knows %s', (_, config, scale) => {
    const found = preparationHint(beside('preprocessor_config.json', config))
    if (found === null) throw new Error('no hint')
    expect(scaleOf(hinted(color, found))).toBe(scale)
  })

  it.each([
    ['a std of zero', { ...vit, image_std: [0, 1, 1] }],
    ['a mean of two channels', { ...vit, image_mean: [0.5, 0.5] }],
    ['a factor that is no number', { ...vit, rescale_factor: 'x' }],
    ['a list', [1, 2]],
    ['other JSON', { labels: ['a'] }],
  ])('is not made up from %s', (_, config) => {
    expect(preparationHint(beside('preprocessor_config.json', config))).toBeNull()
  })
})

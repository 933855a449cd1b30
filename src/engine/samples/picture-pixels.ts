import { channelsOf } from '../../data/preparation'
import type { SamplePicture } from '../../protocol/data-messages'
import type { PreparedPicture } from './attached-data'

/** With the channels as the model gets them: swapped colours are meant to look swapped. */
export function toRgba({ height, width, color, bytes }: PreparedPicture): SamplePicture['picture'] {
  const channels = channelsOf({ color })
  const rgba = new Uint8ClampedArray(4 * height * width)
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < 3; channel++)
      rgba[4 * place + channel] = bytes[place * channels + Math.min(channel, channels - 1)] ?? 0
    rgba[4 * place + 3] = 255
  }
  return { height, width, rgba }
}

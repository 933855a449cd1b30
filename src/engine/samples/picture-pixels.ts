import { channelsOf } from '../../data/preparation'
import { toRgba } from '../../data/rgba-image'
import type { SampleInput } from '../../protocol/data-messages'
import type { PreparedPicture } from './attached-data'

/** With the channels as the model gets them: swapped colours are meant to look swapped. */
export function pixelsOf({ height, width, color, bytes }: PreparedPicture): SampleInput['picture'] {
  return { height, width, rgba: toRgba(bytes, height, width, channelsOf({ color })).data }
}

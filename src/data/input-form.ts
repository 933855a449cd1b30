/** How a model wants to be shown a picture, read off the shape of its input. */
export interface PictureForm {
  /** null: any size will do. */
  readonly height: number | null
  readonly width: number | null
  readonly channels: 1 | 3
  readonly layout: 'channelsLast' | 'channelsFirst' | 'plane' | 'row'
}

/**
 * Reads an input shape as that of a picture.
 * @param shape of one sample, without the batch; null sides are open
 * @param own height, width and channels of the data, where all samples have the same: a flattened
 * picture does not say its sides
 * @returns null where the input is no grey or colour picture
 */
export function pictureForm(
  shape: readonly (number | null)[],
  own: readonly number[] | null = null,
): PictureForm | null {
  const [first = null, second = null, third = null] = shape
  switch (shape.length) {
    case 1:
      return first === null ? null : rowForm(first, own)
    case 2:
      return { height: first, width: second, channels: 1, layout: 'plane' }
    case 3:
      if (third === 1 || third === 3)
        return { height: first, width: second, channels: third, layout: 'channelsLast' }
      if (first === 1 || first === 3)
        return { height: second, width: third, channels: first, layout: 'channelsFirst' }
      return null
    default:
      return null
  }
}

/** A flattened picture: of the data's own size where that fits, else square. */
function rowForm(elements: number, own: readonly number[] | null): PictureForm | null {
  const [height = 0, width = 0, channels = 1] = own ?? []
  for (const candidate of [1, 3] as const)
    if (height * width * candidate === elements && (candidate === channels || channels === 3))
      return { height, width, channels: candidate, layout: 'row' }
  for (const candidate of [1, 3] as const) {
    const side = Math.sqrt(elements / candidate)
    if (Number.isInteger(side) && side > 1)
      return { height: side, width: side, channels: candidate, layout: 'row' }
  }
  return null
}

/** The sides of a batch's samples as the model's input wants them. */
export function pictureSides(
  { channels, layout }: PictureForm,
  height: number,
  width: number,
): number[] {
  switch (layout) {
    case 'channelsLast':
      return [height, width, channels]
    case 'channelsFirst':
      return [channels, height, width]
    case 'plane':
      return [height, width]
    case 'row':
      return [height * width * channels]
  }
}

/** Moves the channels of one picture to the front: [h, w, c] to [c, h, w]. */
export function channelsToFront(picture: Float32Array, channels: number): Float32Array {
  const places = picture.length / channels
  const result = new Float32Array(picture.length)
  for (let place = 0; place < places; place++)
    for (let channel = 0; channel < channels; channel++)
      result[channel * places + place] = picture[place * channels + channel] ?? 0
  return result
}

import { ml5Scaling } from './ml5-metadata'
import { grey, withScale } from './preparation'
import type { Preparation, ScaleName } from './preparation'
import type { Told } from './told-beside'

/** What the files beside a model say of how it wants to be shown pictures. */
export interface PreparationHint {
  readonly fit: Preparation['fit']
  /** Numbers with a name, or one mean and one std for each channel, red first. */
  readonly numbers:
    | ScaleName
    | { readonly mean: readonly number[]; readonly std: readonly number[] }
  readonly file: string
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads how pictures are prepared out of what came with a model: the metadata of Teachable Machine (a square
 * from the middle, -1 to 1: github.com/googlecreativelab/teachablemachine-community, libraries/image), those of
 * ml5 (github.com/ml5js/ml5-library, FeatureExtractor and NeuralNetwork), the `metadata.yaml` of Ultralytics
 * (github.com/ultralytics/ultralytics, data/augment.py) or the `preprocessor_config.json` of Hugging Face. null
 * where nothing says it.
 */
export function preparationHint(told: readonly Told[]): PreparationHint | null {
  for (const { file, value, inner } of told)
    for (const place of [value, ...inner]) {
      const hint = hintIn(file, place)
      if (hint !== null) return hint
    }
  return null
}

/** The preparation with the numbers and the fit of the hint. */
export function hinted(preparation: Preparation, { fit, numbers }: PreparationHint): Preparation {
  if (typeof numbers === 'string') return withScale({ ...preparation, fit }, numbers)
  const { mean, std } = numbers
  switch (preparation.color) {
    case 'rgb':
      return { ...preparation, fit, mean, std }
    case 'bgr':
      return { ...preparation, fit, mean: mean.toReversed(), std: std.toReversed() }
    case 'grey':
      return { ...preparation, fit, mean: [grey(mean)], std: [grey(std)] }
  }
}

function hintIn(file: string, value: unknown): PreparationHint | null {
  if (typeof value !== 'object' || value === null) return null
  const json = value as JsonObject
  return (
    teachableMachine(file, json) ??
    huggingFace(file, json) ??
    ultralytics(file, json) ??
    ml5Features(file, json) ??
    ml5Pictures(file, json)
  )
}

function teachableMachine(file: string, json: JsonObject): PreparationHint | null {
  const isImage = json['packageName'] === '@teachablemachine/image'
  return isImage ? { fit: 'crop', numbers: 'signed', file } : null
}

/** Classifiers of Ultralytics see the middle of a picture, from 0 to 1. */
function ultralytics(file: string, json: JsonObject): PreparationHint | null {
  const isClassifier = json['author'] === 'Ultralytics' && json['task'] === 'classify'
  return isClassifier ? { fit: 'crop', numbers: 'unit', file } : null
}

/** The features of ml5 are those of a MobileNet, which wants -1 to 1. */
function ml5Features(file: string, json: JsonObject): PreparationHint | null {
  return Array.isArray(json['mapStringToIndex'])
    ? { fit: 'stretch', numbers: 'signed', file }
    : null
}

/** One input of bytes, which were scaled by their smallest and largest, or not at all. */
function ml5Pictures(file: string, json: JsonObject): PreparationHint | null {
  const scaling = ml5Scaling(json)
  const [range, ...others] = scaling?.inputs ?? []
  if (scaling === null || range?.dtype !== 'array' || others.length > 0) return null
  if (scaling.shape.length !== 3) return null
  if (!scaling.isScaled) return { fit: 'stretch', numbers: 'bytes', file }
  const [mean, std] = [range.min / 255, (range.max - range.min) / 255]
  return { fit: 'stretch', numbers: { mean: [mean, mean, mean], std: [std, std, std] }, file }
}

/**
 * value = (byte * factor - mean) / std, each part where it is switched on; written for byte / 255, as
 * preparations are.
 */
function huggingFace(file: string, json: JsonObject): PreparationHint | null {
  const { do_rescale, do_normalize, rescale_factor, image_mean, image_std, do_center_crop } = json
  if (typeof do_normalize !== 'boolean' && typeof do_rescale !== 'boolean') return null
  const factor = do_rescale === false ? 1 : (rescale_factor ?? 1 / 255)
  if (typeof factor !== 'number' || !Number.isFinite(factor) || factor <= 0) return null
  const mean = do_normalize === false ? [0, 0, 0] : channels(image_mean)
  const std = do_normalize === false ? [1, 1, 1] : channels(image_std)
  if (mean === null || std?.every((value) => value !== 0) !== true) return null
  const range = 255 * factor
  const whole = Math.abs(range - 1) < 1e-6 ? 1 : range
  return {
    fit: do_center_crop === true ? 'crop' : 'stretch',
    numbers: {
      mean: mean.map((value) => value / whole),
      std: std.map((value) => value / whole),
    },
    file,
  }
}

/** One number for each of three colours; one for all of them is written once. */
function channels(value: unknown): readonly number[] | null {
  const list: unknown = typeof value === 'number' ? [value, value, value] : value
  if (!Array.isArray(list)) return null
  const numbers = list.filter((entry): entry is number => Number.isFinite(entry))
  if (numbers.length !== list.length) return null
  const [first = 0] = numbers
  if (numbers.length === 1) return [first, first, first]
  return numbers.length === 3 ? numbers : null
}

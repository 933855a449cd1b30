import type { Layout, Padding } from '../../../graph/operators'
import type { ConfigReader } from '../../tfjs-files/config-reader'
import { samePadding } from '../../tfjs-files/same-padding'
import { NotExact } from './lowered-call'

/** Settings as tfjs-layers 4.22 reads them, its defaults included. */

export function number(config: ConfigReader, key: string, fallback: number): number {
  const value = config.object[key] ?? fallback
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new NotExact(key)
  return value
}

/** Whole numbers, negative ones too; one alone stands for a list. */
export function whole(config: ConfigReader, key: string, fallback: readonly number[]): number[] {
  const value = config.object[key] ?? fallback
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((item) => {
    if (typeof item !== 'number' || !Number.isSafeInteger(item)) throw new NotExact(key)
    return item
  })
}

export function layout(config: ConfigReader): Layout {
  const value = config.object['data_format'] ?? 'channels_last'
  if (value === 'channels_last' || value === 'channelsLast') return 'channelsLast'
  if (value === 'channels_first' || value === 'channelsFirst') return 'channelsFirst'
  throw new NotExact('data_format')
}

/** tfjs refuses everything else before it computes. @param same what that means with so many places */
export function padding(
  config: ConfigReader,
  places: number,
  same: typeof samePadding = samePadding,
): Padding {
  const value = config.object['padding'] ?? 'valid'
  const zeros = repeated(0, places)
  if (value === 'valid') return { begin: zeros, end: zeros }
  if (value !== 'same') throw new NotExact('padding')
  return same(places)
}

export function repeated(value: number, times: number): number[] {
  return Array.from({ length: times }, () => value)
}

/** Places before and behind each spatial axis: one number, one for each axis, or pairs; of one axis one pair. */
export function margins(config: ConfigReader, key: string, places: number): readonly Margin[] {
  const value = config.object[key]
  if (places === 1) return [margin(value, key)]
  const each = Array.isArray(value) ? value : repeated(0, places).map(() => value)
  if (each.length !== places) throw new NotExact(key)
  return each.map((one) => margin(one, key))
}

type Margin = readonly [before: number, behind: number]

function margin(value: unknown, key: string): Margin {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value]
  const [before, behind] = pair
  if (!isPlaces(before) || !isPlaces(behind)) throw new NotExact(key)
  return [before, behind]
}

function isPlaces(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Where the spatial axes of a value lie. */
export function spatialAxes(rank: number, places: number, at: Layout): number[] {
  const first = at === 'channelsFirst' ? rank - places : rank - 1 - places
  return Array.from({ length: places }, (_, index) => first + index)
}

import { decode } from '../../../../../core/encoded-tensor'
import type {
  AffineTensor,
  CodebookTensor,
  EncodedTensor,
} from '../../../../../core/encoded-tensor'
import type { FloatRange } from '../../../../../core/float-range'
import { groupCount, groupOf, groupsOfChannels } from '../../../../../core/group-layout'
import type { ChannelLayout } from '../../../../../core/tensor-spec'

/**
 * A kernel whose output channels are multiplied: its codes stay, and their steps or levels take the factors; those of
 * a channel that is multiplied by less than nothing are counted from the other end.
 * @param channels how its weights belong to output channels
 * @param factors one for each of these, none of them 0
 * @returns null where no codes of that kind say the product
 */
export function scaledChannels(
  tensor: EncodedTensor,
  channels: ChannelLayout,
  factors: Float64Array,
): EncodedTensor | null {
  if (tensor.kind === 'float') {
    const values = decode(tensor).map(
      (value, at) => value * (factors[channelOf(channels, at)] ?? 1),
    )
    return { kind: 'float', spec: tensor.spec, values }
  }
  if (tensor.kind === 'codebook') return scaledLevels(tensor, channels, factors)
  return tensor.fromFile === undefined ? scaledSteps(tensor, channels, factors) : null
}

/**
 * Whether floats hold a kernel that is multiplied so as they hold it now: the largest weight of each channel is not beyond them,
 * nor among those that are rounded to fewer digits the smaller they are, unless it is now.
 */
export function isWithin(
  tensor: EncodedTensor,
  channels: ChannelLayout,
  factors: Float64Array,
  { least, most }: FloatRange,
): boolean {
  const largest = new Float64Array(channels.count)
  decode(tensor).forEach((value, at) => {
    const channel = channelOf(channels, at)
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(value))
  })
  return largest.every((value, channel) => {
    const scaled = value * Math.abs(factors[channel] ?? 1)
    return scaled <= most && (scaled >= least || value < least)
  })
}

function channelOf({ count, inner }: ChannelLayout, at: number): number {
  return Math.floor(at / inner) % count
}

/** The channel that each group is part of; null where one is part of several. */
function channelsOfGroups(
  { codes, groups }: AffineTensor | CodebookTensor,
  channels: ChannelLayout,
): Int32Array | null {
  const found = new Int32Array(groupCount(groups, codes.length)).fill(-1)
  for (let at = 0; at < codes.length; at++) {
    const [group, channel] = [groupOf(groups, at), channelOf(channels, at)]
    if (found[group] === -1) found[group] = channel
    else if (found[group] !== channel) return null
  }
  return found
}

function scaledLevels(
  tensor: CodebookTensor,
  channels: ChannelLayout,
  factors: Float64Array,
): CodebookTensor | null {
  const owners = channelsOfGroups(tensor, channels)
  if (owners === null) return null
  const table = 2 ** tensor.bits
  return {
    ...tensor,
    levels: tensor.levels.map(
      (level, at) => level * (factors[owners[Math.floor(at / table)] ?? 0] ?? 1),
    ),
  }
}

function scaledSteps(
  tensor: AffineTensor,
  channels: ChannelLayout,
  factors: Float64Array,
): AffineTensor | null {
  const split = withChannels(tensor, channels)
  const owners = channelsOfGroups(split, channels)
  if (owners === null) return null
  const factorOf = (group: number): number => factors[owners[group] ?? 0] ?? 1
  const scale = split.scale.map((step, group) => step * Math.abs(factorOf(group)))
  const scaled = { ...split, scale }
  return factors.some((factor) => factor < 0)
    ? turnedRound(scaled, (group) => factorOf(group) < 0)
    : scaled
}

/** Codes that all have one step, as codes with a step for each channel. */
function withChannels(tensor: AffineTensor, channels: ChannelLayout): AffineTensor {
  const { codes, scale, zeroPoint } = tensor
  if (scale.length > 1) return tensor
  const { count } = channels
  return {
    ...tensor,
    groups: groupsOfChannels(channels, codes.length),
    scale: new Float32Array(count).fill(scale[0] ?? 0),
    zeroPoint: new Float64Array(count).fill(zeroPoint[0] ?? 0),
  }
}

/** Groups with all their values negated: around their zero point where codes allow it, so that it stays, else end to end. */
function turnedRound(tensor: AffineTensor, isTurned: (group: number) => boolean): AffineTensor {
  const { bits, groups, mask } = tensor
  const last = 2 ** bits - 1
  const codes = tensor.codes.slice()
  const fits = new Uint8Array(tensor.scale.length).fill(1)
  const owners = Int32Array.from(codes, (_, at) => groupOf(groups, at))
  const mirrored = (at: number): number =>
    2 * (tensor.zeroPoint[owners[at] ?? 0] ?? 0) - (tensor.codes[at] ?? 0)
  for (let at = 0; at < codes.length; at++) {
    const code = mirrored(at)
    if (mask?.[at] !== 0 && (code < 0 || code > last || !Number.isInteger(code)))
      fits[owners[at] ?? 0] = 0
  }
  for (let at = 0; at < codes.length; at++) {
    const group = owners[at] ?? 0
    if (!isTurned(group) || mask?.[at] === 0) continue
    codes[at] = fits[group] === 1 ? mirrored(at) : last - (tensor.codes[at] ?? 0)
  }
  const zeroPoint = tensor.zeroPoint.map((zero, group) =>
    isTurned(group) && fits[group] === 0 ? last - zero : zero,
  )
  return { ...tensor, codes, zeroPoint }
}

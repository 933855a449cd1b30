/** How a file wants pictures resized, in the words of ONNX. */
export interface Ways {
  readonly mode: string
  readonly coordinates: string
  readonly nearest: string
  /** Of the cubic curve. */
  readonly cubic: number
  readonly excludesOutside: boolean
  readonly antialias: boolean
}

/** An axis that gets other places. */
export interface Axis {
  readonly axis: number
  readonly side: number
  readonly to: number
  /** As the file says it: the new side is rounded. */
  readonly scale: number
}

/** One old place for each new one, and its share; null: all of it. */
export interface Tap {
  readonly places: readonly number[]
  readonly shares: readonly number[] | null
}

/** So many neighbours share a place at most. */
const MOST_TAPS = 64

const sources: ReadonlyMap<string, (at: number, axis: Axis) => number> = new Map([
  ...([
    ['half_pixel', (at, { scale }) => (at + 0.5) / scale - 0.5],
    ['pytorch_half_pixel', (at, { scale, to }) => (to > 1 ? (at + 0.5) / scale - 0.5 : 0)],
    [
      'half_pixel_symmetric',
      (at, { scale, side, to }) =>
        (side / 2) * (1 - to / (scale * side)) + (at + 0.5) / scale - 0.5,
    ],
    ['asymmetric', (at, { scale }) => at / scale],
    ['tf_half_pixel_for_nn', (at, { scale }) => (at + 0.5) / scale],
    [
      'align_corners',
      (at, { scale, side, to }) => (to > 1 ? (at * (side - 1)) / (scale * side - 1) : 0),
    ],
  ] as const satisfies readonly (readonly [string, (at: number, axis: Axis) => number])[]),
])

const roundings: ReadonlyMap<string, (at: number) => number> = new Map([
  ['round_prefer_floor', (at: number) => Math.ceil(at - 0.5)],
  ['round_prefer_ceil', (at: number) => Math.floor(at + 0.5)],
  ['floor', Math.floor],
  ['ceil', Math.ceil],
])

function linear(apart: number): number {
  return Math.max(0, 1 - Math.abs(apart))
}

/** Keys 1981. */
function cubic(apart: number, a: number): number {
  const x = Math.abs(apart)
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

/** The old places of which a new one is made, neighbour by neighbour; null: in no way that is known here. */
export function tapsOf(axis: Axis, ways: Ways): readonly Tap[] | null {
  const { side, to, scale } = axis
  const source = sources.get(ways.coordinates)
  const [curve, reach] =
    ways.mode === 'linear' ? [linear, 1] : [(apart: number): number => cubic(apart, ways.cubic), 2]
  const inside = (place: number): number => Math.min(side - 1, Math.max(0, place))
  if (source === undefined) return null
  const wanted = Array.from({ length: to }, (_, at) => source(at, axis))
  if (ways.mode === 'nearest') {
    const round = roundings.get(ways.nearest)
    if (round === undefined) return null
    return [{ places: wanted.map((at) => inside(round(at))), shares: null }]
  }
  // Where places are fewer than before, the curve is as much wider.
  const narrow = ways.antialias ? Math.min(1, scale) : 1
  const half = -Math.floor(-reach / narrow)
  if ((ways.mode !== 'linear' && ways.mode !== 'cubic') || 2 * half > MOST_TAPS) return null
  const rows = wanted.map((at) => {
    const first = Math.ceil(at) - half
    const each = Array.from({ length: 2 * half }, (_, tap) => first + tap)
    const shares = each.map((place) => {
      const isOutside = place < 0 || place >= side
      return ways.excludesOutside && isOutside ? 0 : curve((place - at) * narrow)
    })
    const all = shares.reduce((sum, share) => sum + share, 0)
    const isWhole = !ways.excludesOutside && !ways.antialias
    return { places: each.map(inside), shares: isWhole ? shares : shares.map((one) => one / all) }
  })
  return Array.from({ length: 2 * half }, (_, tap) => ({
    places: rows.map(({ places }) => places[tap] ?? 0),
    shares: rows.map(({ shares }) => shares[tap] ?? 0),
  }))
}

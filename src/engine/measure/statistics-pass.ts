import * as tf from '@tensorflow/tfjs'
import { joinFloats } from '../../core/join-arrays'
import type { StatisticKind, StatisticOf, StatisticRequest } from '../../techniques/statistics'
import type { BetweenLayers, RunnableModel } from '../model/runnable-model'

/** A request for the samples themselves is given so many: their memory is kept for as long as the model. */
const KEPT_SAMPLES = 128

/** Runs a batch and shows what each layer is given. */
export type LookInSteps = NonNullable<RunnableModel['lookInSteps']>

/** What is summed over batches for one request. */
interface Tally<Result> {
  /** @returns new tensors with the batch's share, read once the batch is done */
  readonly share: (input: tf.Tensor) => tf.Tensor[]
  readonly add: (shares: readonly Float32Array[]) => void
  readonly result: () => Result | null
}

/**
 * What layers are given, collected batch by batch from a model that is run layer by layer. Leaving after
 * any batch loses nothing: a pass goes on where it was.
 */
export class StatisticsPass {
  /** Samples that are counted. */
  done = 0
  private readonly watched = new Map<string, Watched[]>()

  constructor(requests: readonly StatisticRequest[]) {
    for (const { layer, kind } of requests) {
      const own = this.watched.get(layer) ?? []
      this.watched.set(layer, [...own, new Watched(kind)])
    }
  }

  covers(requests: readonly StatisticRequest[]): boolean {
    return requests.every(({ layer, kind }) => this.find(layer, kind) !== undefined)
  }

  /**
   * Runs one batch. Needs the lock, and the weights that are meant.
   * @param inputs stay the caller's
   * @throws what `between` throws; the batch then counts for nothing
   */
  async batch(
    look: LookInSteps,
    inputs: readonly tf.Tensor[],
    samples: number,
    between: BetweenLayers,
  ): Promise<void> {
    const all = [...this.watched.values()].flat()
    try {
      await look(
        inputs,
        (layer, input) =>
          this.watched.get(layer)?.forEach((one) => {
            one.see(input)
          }),
        between,
      )
      for (const one of all) await one.read()
      for (const one of all) one.add()
      this.done += samples
    } finally {
      for (const one of all) one.forgetBatch()
    }
  }

  /** @returns the same object for the same question; null where the layer did not run once a batch */
  of<Kind extends StatisticKind>(layer: string, kind: Kind): StatisticOf[Kind] | null {
    return (this.find(layer, kind)?.result() ?? null) as StatisticOf[Kind] | null
  }

  private find(layer: string, kind: StatisticKind): Watched | undefined {
    return this.watched.get(layer)?.find((one) => one.kind === kind)
  }
}

/** One request on its way through the batches. */
class Watched {
  readonly kind: StatisticKind
  private readonly tally: Tally<StatisticOf[StatisticKind]>
  private shares: tf.Tensor[][] = []
  private numbers: Float32Array[] = []
  /** The layer has run otherwise than once in a batch, or was given what is no number. */
  private isLost = false
  private found: StatisticOf[StatisticKind] | null = null

  constructor(kind: StatisticKind) {
    this.kind = kind
    this.tally = tallies[kind]()
  }

  see(input: tf.Tensor): void {
    if (input.rank === 0) this.isLost = true
    if (this.isLost) return
    this.shares.push(
      tf.tidy(() => this.tally.share(input.cast('float32')).map((share) => tf.keep(share))),
    )
  }

  async read(): Promise<void> {
    const [only, ...others] = this.shares
    if (only === undefined || others.length > 0) this.isLost = true
    else for (const share of only) this.numbers.push(await share.data<'float32'>())
    if (this.numbers.some((values) => !values.every(Number.isFinite))) this.isLost = true
  }

  add(): void {
    if (!this.isLost) this.tally.add(this.numbers)
  }

  forgetBatch(): void {
    tf.dispose(this.shares)
    this.shares = []
    this.numbers = []
  }

  result(): StatisticOf[StatisticKind] | null {
    if (this.isLost) return null
    this.found ??= this.tally.result()
    return this.found
  }
}

const tallies: { readonly [Kind in StatisticKind]: () => Tally<StatisticOf[Kind]> } = {
  mean: () => {
    let sides: number[] | null = null
    let sums = new Float64Array(0)
    let count = 0
    let rows = 0
    return {
      share: (input) => {
        sides ??= input.shape.slice(1)
        // A graph may have put places of a sample among the samples.
        rows = input.shape[0]
        return [input.sum(0)]
      },
      add: ([shares = new Float32Array(0)]) => {
        if (count === 0) sums = new Float64Array(shares.length)
        addTo(sums, shares)
        count += rows
      },
      result: () =>
        sides === null || count === 0 ? null : { sides, values: sums.map((sum) => sum / count) },
    }
  },
  secondMoment: () => {
    let sums = new Float64Array(0)
    let count = 0
    let places = 0
    return {
      share: (input) => {
        places = input.size / channelsOf(input)
        return [rowsOf(input).square().sum(0)]
      },
      add: ([shares = new Float32Array(0)]) => {
        if (count === 0) sums = new Float64Array(shares.length)
        addTo(sums, shares)
        count += places
      },
      result: () => (count === 0 ? null : { values: sums.map((sum) => sum / count) }),
    }
  },
  extremes: () => {
    let low: Float64Array | null = null
    let high: Float64Array | null = null
    return {
      share: (input) => [rowsOf(input).min(0), rowsOf(input).max(0)],
      add: ([least = new Float32Array(0), most = new Float32Array(0)]) => {
        low = Float64Array.from(least, (value, i) => Math.min(value, low?.[i] ?? Infinity))
        high = Float64Array.from(most, (value, i) => Math.max(value, high?.[i] ?? -Infinity))
      },
      result: () => (low === null || high === null ? null : { low, high }),
    }
  },
  samples: () => {
    let sides: number[] | null = null
    const rows: Float32Array[] = []
    let count = 0
    let wanted = 0
    return {
      share: (input) => {
        sides ??= input.shape.slice(1)
        wanted = Math.min(KEPT_SAMPLES - count, input.shape[0])
        return wanted > 0 ? [input.slice([0], [wanted])] : []
      },
      add: ([shares]) => {
        if (shares === undefined) return
        rows.push(shares)
        count += wanted
      },
      result: () => (sides === null ? null : { count, sides, values: joinFloats(rows) }),
    }
  },
}

function channelsOf(input: tf.Tensor): number {
  return input.shape.at(-1) ?? 1
}

/** One row of channels for each sample and place. */
function rowsOf(input: tf.Tensor): tf.Tensor2D {
  return input.reshape([-1, channelsOf(input)])
}

function addTo(sums: Float64Array, shares: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (shares[i] ?? 0)
}

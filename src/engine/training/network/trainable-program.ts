import * as tf from '@tensorflow/tfjs'
import type { WeightTensor } from '../../../core/weight-tensor'
import type { OpenedModel } from '../../../formats/format'
import { channelPlaces, channelsToEnd } from '../../../graph/channel-places'
import type { ModelGraph } from '../../../graph/graph'
import { learntWeights } from '../../../graph/learnt-weights'
import { liveNodes } from '../../../graph/live-nodes'
import type { GraphNode } from '../../../graph/operators'
import { roundedValues } from '../../../graph/rounded-values'
import { shapesOf } from '../../../graph/shapes-of'
import { unsquashed } from '../../../graph/unsquashed'
import type { Squashing } from '../../../graph/unsquashed'
import type { Shape, ValueName } from '../../../graph/values'
import type { BatchStatistics, Pass } from '../../program/pass'
import { Program } from '../../program/program'
import { loadVariables, readVariables } from './load-variables'
import { MovingStatistics } from './moving-statistics'
import { inOneRow } from './one-row'
import { telling } from './reached'
import type { Activation, Moved, TrainableModel, WeightTransform } from './trainable-model'

type Change = (value: tf.Tensor) => tf.Tensor

/** A model that trains by its graph, operator after operator. */
export class TrainableProgram implements TrainableModel {
  readonly trained: ReadonlyMap<string, tf.Variable>
  readonly all: ReadonlyMap<string, tf.Variable>
  readonly squashing: Squashing
  readonly statistics: readonly MovingStatistics[]
  readonly activations: readonly Activation[]
  statisticsFrozen = false
  private readonly program: Program
  private readonly shapes: ReadonlyMap<ValueName, Shape>
  private readonly channels: ReadonlyMap<ValueName, number | null>
  /** What a layer says first, by its name. */
  private readonly said: ReadonlyMap<string, ValueName>
  private readonly moving: ReadonlyMap<ValueName, MovingStatistics>
  private readonly transforms = new Map<string, WeightTransform>()
  private readonly changes = new Map<ValueName, Change[]>()
  /** By tapped value, what was last made of it and nobody has taken yet: for each run of a frozen batch. */
  private readonly taken = new Map<ValueName, tf.Tensor[]>()
  private samples = 0
  private reached: ((layer: string) => void) | null = null
  private counted: ((moved: Moved) => void) | null = null

  /**
   * @param learning names of the weights that learn; null: all
   * @throws RangeError at a node that nothing here runs; nothing stays allocated
   */
  constructor(
    opened: Pick<OpenedModel, 'graph' | 'weights'>,
    private readonly learning: ReadonlySet<ValueName> | null = null,
  ) {
    const learns = (name: ValueName): boolean => learning?.has(name) ?? true
    const { graph, squashing } = unsquashed(opened.graph)
    this.program = new Program({ graph, weights: opened.weights }, { learns: true })
    this.squashing = squashing
    this.all = this.program.variables
    const learnt = learntWeights(graph)
    this.trained = new Map([...this.all].filter(([name]) => learnt.has(name) && learns(name)))
    // A graph that was frozen to a batch runs several times for one of training: nothing has the statistics of all.
    const moving = this.program.frozenBatch === null ? movingIn(graph, this.all) : []
    this.moving = new Map([...moving].filter(([name]) => learns(name)))
    // What has statistics of each step moves several times with a batch: an average of batches it has none.
    const apart = new Set(graph.nodes.filter(isApart).map(({ inputs }) => inputs[MEAN]))
    this.statistics = [...this.moving].flatMap(([name, one]) => (apart.has(name) ? [] : [one]))
    this.shapes = shapesOf(graph)
    this.channels = channelPlaces(graph)
    this.said = new Map(graph.layers.map(({ name, outputs: [first = ''] }) => [name, first]))
    this.activations = roundedValues(graph).map((name) => ({
      name,
      change: (change) => {
        this.changes.set(name, [...(this.changes.get(name) ?? []), change])
      },
    }))
  }

  transform(name: string, transform: WeightTransform | null): void {
    if (transform === null) this.transforms.delete(name)
    else this.transforms.set(name, transform)
  }

  forward(
    inputs: readonly tf.Tensor[],
    training: boolean,
    seed: number,
    samples?: Uint32Array,
  ): tf.Tensor[] {
    this.forget()
    this.samples = inputs[0]?.shape[0] ?? 0
    const [first, ...others] = this.program.forward(inputs, this.pass(training, seed, samples))
    return first === undefined ? [] : [inOneRow(first), ...others]
  }

  load(weights: readonly WeightTensor[]): void {
    loadVariables(this.all, weights)
  }

  read(specs: readonly WeightTensor[]): Promise<WeightTensor[]> {
    return readVariables(this.all, specs)
  }

  sidesOf(layer: string): readonly number[] {
    const value = this.said.get(layer) ?? ''
    const shape = this.shapes.get(value) ?? []
    const order = this.order(value, shape.length)
    return order.flatMap((place) => (place === 0 ? [] : (shape[place] ?? [])))
  }

  tap(layer: string): () => tf.Tensor | null {
    const value = this.said.get(layer)
    if (value === undefined) return () => null
    this.taken.set(value, [])
    return () => {
      const parts = this.taken.get(value) ?? []
      this.taken.set(value, [])
      const [whole = null] = parts
      const { frozenBatch } = this.program
      // A frozen batch is filled up, also where it is the only one.
      if (whole === null) return null
      const order = this.order(value, whole.rank)
      const isTurned = order.some((place, at) => place !== at)
      const isWhole = frozenBatch === null || frozenBatch === this.samples
      if (isWhole && !isTurned) return whole
      // Kept as the parts are: a teacher is asked within a scope.
      const joined = tf.keep(
        tf.tidy(() => {
          const all = isWhole ? whole : tf.concat(parts).slice(0, this.samples)
          return isTurned ? tf.transpose(all, [...order]) : all
        }),
      )
      tf.dispose(parts)
      return joined
    }
  }

  follow(reached: (layer: string) => void): () => void {
    this.reached = reached
    return () => {
      this.reached = null
    }
  }

  count(taken: ((moved: Moved) => void) | null): void {
    this.counted = taken
  }

  move({ name, mean, variance }: Moved): void {
    this.moving.get(name)?.move(mean, variance)
  }

  dispose(): void {
    this.forget()
    this.program.dispose()
  }

  /** Brings the channels of a value to its end. */
  private order(value: ValueName, rank: number): readonly number[] {
    return channelsToEnd(rank, this.channels.get(value) ?? undefined) ?? []
  }

  /** What was tapped and nobody took. */
  private forget(): void {
    for (const [name, parts] of this.taken) {
      tf.dispose(parts)
      this.taken.set(name, [])
    }
  }

  private pass(training: boolean, seed: number, samples: Uint32Array | undefined): Pass {
    const { changes, reached, taken } = this
    const values = reached === null ? new Set([...changes.keys(), ...taken.keys()]) : null
    return {
      training,
      ...noiseOf(seed, this.program.frozenBatch === null ? samples : undefined, samples?.[0]),
      statistics: this.statisticsFrozen || this.moving.size === 0 ? 'frozen' : 'batch',
      ...(this.learning === null
        ? {}
        : { held: ({ inputs: [, , , mean] }) => this.learning?.has(mean ?? '') !== true }),
      parameter: (name, variable) => this.transforms.get(name)?.(variable) ?? variable,
      moved: (node, statistics) => {
        this.moved(node, statistics)
      },
      ...(values?.size === 0
        ? {}
        : {
            seen: {
              values,
              made: (node, value, place) => tf.tidy(() => this.made(node, value, place)),
            },
          }),
      ...(reached === null
        ? {}
        : {
            entered: ({ layer }) => {
              reached(layer)
            },
          }),
    }
  }

  private made(node: GraphNode, value: tf.Tensor, place: number): tf.Tensor {
    const { reached, taken } = this
    const name = node.outputs[place] ?? ''
    const own = (this.changes.get(name) ?? []).reduce((made, change) => change(made), value)
    // A clone, and kept: the pass frees what lies between its operators.
    taken.get(name)?.push(tf.keep(own.clone()))
    if (reached === null) return own
    return telling(own, () => {
      reached(node.layer)
    })
  }

  private moved({ inputs }: GraphNode, { mean, variance }: BatchStatistics): void {
    const name = inputs[MEAN] ?? ''
    if (this.counted === null) this.move({ name, mean, variance })
    else if (this.moving.has(name)) this.counted({ name, mean, variance })
  }
}

/** Rows of a frozen batch are no samples: its noise is that of the piece, which its first sample names. */
function noiseOf(
  seed: number,
  samples: Uint32Array | undefined,
  first = 0,
): Pick<Pass, 'samples' | 'seed'> {
  return samples === undefined ? { seed: seed + first * 2 ** 32 } : { seed, samples }
}

/** Where a batch normalisation reads its mean and its variance. */
const MEAN = 3
const VARIANCE = 4

/** By the name of the mean: two calls of one batch normalisation move the same. */
function movingIn(
  graph: ModelGraph,
  variables: ReadonlyMap<ValueName, tf.Variable>,
): ReadonlyMap<ValueName, MovingStatistics> {
  const moving = new Map<ValueName, MovingStatistics>()
  for (const node of liveNodes(graph)) {
    if (node.op !== 'batchNormalization') continue
    const name = node.inputs[MEAN] ?? ''
    const [mean, variance] = [variables.get(name), variables.get(node.inputs[VARIANCE] ?? '')]
    if (mean !== undefined && variance !== undefined)
      moving.set(name, new MovingStatistics(mean, variance, node.attributes.momentum))
  }
  return moving
}

function isApart(node: GraphNode): boolean {
  return node.op === 'batchNormalization' && (node.attributes.apart ?? 0) > 0
}

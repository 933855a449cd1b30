import type * as tf from '@tensorflow/tfjs'
import { answerWithin, HelperGone } from '../../cores/helper'
import type { Helper } from '../../cores/helper'
import type { LearnerSetup } from './learner-setup'
import { beginPieces, learnPiece } from './piece-works'
import type { MovedAnswer, MovedPiece, MovedWeights } from './piece-works'

/** A worker that has not taken in a model by then has lost its way. */
const SETUP_MS = 60_000

/** A piece as it is handed over; what the crew adds is missing. */
export type PieceToLearn = Omit<MovedPiece, 'room' | 'run' | 'weights'>

/** What a piece changes, as numbers. */
export interface CrewAnswer extends Omit<MovedAnswer, 'gradients'> {
  readonly gradients: Float32Array
}

/** What one batch asks of the crew. */
export interface Handed {
  /** The answer to a piece; null where its worker failed, so that somebody else has to learn it. */
  readonly answer: (index: number) => Promise<CrewAnswer | null>
  /** Whether nobody would have to wait for it. */
  readonly isAnswered: (index: number) => boolean
  /** To be waited for before anything else is handed out. */
  readonly settled: () => Promise<void>
}

/** Workers that learn pieces of batches beside the engine's own. */
export class PieceCrew {
  private static runs = 0
  private readonly run: number
  private members: readonly Helper[]
  private readonly isShared: boolean
  private readonly signal: AbortSignal
  /** Shared memory by what it is for. */
  private readonly rooms = new Map<string, Float32Array>()

  private constructor(
    run: number,
    members: readonly Helper[],
    isShared: boolean,
    signal: AbortSignal,
  ) {
    this.run = run
    this.members = members
    this.isShared = isShared
    this.signal = signal
  }

  /** Those of the helpers that have taken in what the run is about. */
  static async of(
    helpers: readonly Helper[],
    setup: LearnerSetup,
    isShared: boolean,
    signal: AbortSignal,
  ): Promise<PieceCrew> {
    const run = ++PieceCrew.runs
    const crew = new PieceCrew(run, helpers, isShared, signal)
    try {
      await Promise.all(
        helpers.map(async (helper) => {
          const ready = helper.ask(beginPieces, { run, setup })
          await answerWithin(helper, ready, SETUP_MS, signal).catch((error: unknown) => {
            crew.lose(helper, error)
          })
        }),
      )
    } catch (error) {
      crew.dispose()
      throw error
    }
    return crew
  }

  /** Workers that learn, the engine's own not counted. */
  get size(): number {
    return this.members.length
  }

  /**
   * Hands pieces out, in turn, and all weights that have changed.
   * @param pieces null: the engine's own worker learns it
   * @param variables numbers of all gradients together
   * @param limitMs after which a silent worker counts as lost
   */
  hand(
    pieces: readonly (PieceToLearn | null)[],
    workerOf: (index: number) => number,
    weights: ReadonlyMap<string, tf.Tensor>,
    statisticsFrozen: boolean,
    variables: number,
    limitMs: number,
  ): Handed {
    const answers = new Map<number, Promise<CrewAnswer | null>>()
    const answered = new Set<number>()
    const { members } = this
    // Nobody to hand them to.
    const packed = members.length === 0 ? null : this.packed(weights, statisticsFrozen)
    members.forEach((helper, at) => {
      let first = packed === null || this.isShared ? packed : copied(packed)
      pieces.forEach((piece, index) => {
        if (piece === null || workerOf(index) !== at + 1) return
        const room = this.isShared ? this.room(`gradients of ${index}`, variables) : null
        const question = { ...piece, run: this.run, weights: first, room }
        first = null
        const answer = this.answered(helper, question, limitMs)
        const settled = (): void => {
          answered.add(index)
        }
        // Whoever waits for it hears of what failed.
        answer.then(settled, settled)
        answers.set(index, answer)
      })
    })
    return {
      answer: (index) => answers.get(index) ?? Promise.resolve(null),
      isAnswered: (index) => answered.has(index),
      settled: async () => {
        await Promise.allSettled(answers.values())
      },
    }
  }

  /** Lets the workers forget the run. */
  dispose(): void {
    for (const helper of this.members)
      helper.ask(beginPieces, { run: this.run, setup: null }).catch(() => undefined)
    this.members = []
    this.rooms.clear()
  }

  private async answered(
    helper: Helper,
    piece: MovedPiece,
    limitMs: number,
  ): Promise<CrewAnswer | null> {
    const { isShared, signal } = this
    const moved = [
      ...piece.inputs.map(({ values }) => values),
      ...(isShared || piece.weights === null ? [] : [piece.weights.values]),
    ]
    const transfer = moved.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []))
    try {
      const asked = helper.ask(learnPiece, piece, transfer)
      const answer = await answerWithin(helper, asked, limitMs, signal)
      const gradients = piece.room ?? answer.gradients
      return gradients === null ? null : { ...answer, gradients }
    } catch (error) {
      this.lose(helper, error)
      return null
    }
  }

  /** A worker that has failed once is not asked again. @throws what is no failure of its */
  private lose(helper: Helper, error: unknown): void {
    if (!(error instanceof HelperGone)) throw error
    helper.end(error.message)
    this.members = this.members.filter((member) => member !== helper)
  }

  private packed(weights: ReadonlyMap<string, tf.Tensor>, statisticsFrozen: boolean): MovedWeights {
    const all = [...weights]
    const size = all.reduce((sum, [, weight]) => sum + weight.size, 0)
    const values = this.isShared ? this.room('weights', size) : new Float32Array(size)
    let at = 0
    for (const [, weight] of all) {
      values.set(weight.dataSync<'float32'>(), at)
      at += weight.size
    }
    const described = all.map(([name, { shape }]) => ({ name, shape }))
    return { values, weights: described, statisticsFrozen }
  }

  private room(purpose: string, size: number): Float32Array {
    const known = this.rooms.get(purpose)
    if (known !== undefined && known.length >= size) return known.subarray(0, size)
    const fresh = new Float32Array(new SharedArrayBuffer(4 * size))
    this.rooms.set(purpose, fresh)
    return fresh
  }
}

function copied(weights: MovedWeights): MovedWeights {
  return { ...weights, values: weights.values.slice() }
}

import * as tf from '@tensorflow/tfjs'
import { answerWithin, HelperGone } from '../cores/helper'
import type { Helper } from '../cores/helper'
import type { OpenedModel } from '../../formats/format'
import type { ForwardRunner, MakeInputs, UseOutput } from '../model/forward-runner'
import type { NamedWeight } from '../model/runnable-model'
import { InOrder } from './in-order'
import { showRange, takeModel } from './range-works'
import type { MovedInput, MovedRange } from './range-works'
import type { Toolbox } from '../work/toolbox'
import { mostTwins, toMove } from './twin'
import type { Twin } from './twin'

/** What takes less is over before anybody else has begun. */
const LEAST_MS = 300
/** Pieces that a further worker is given ahead, so that it has one while the engine's own computes. */
const AHEAD = 2
const LIMIT_MS = 60_000

/** A model that may be made in other workers. */
interface Sharable {
  readonly runner: ForwardRunner
  /** null: as its files have them. */
  readonly weights: readonly NamedWeight[] | null
  readonly twin?: Twin
}

type Shared = Sharable & Required<Pick<Sharable, 'twin'>>

/** What it is shown. */
interface Shown {
  readonly make: MakeInputs
  readonly tools: Pick<Toolbox, 'cores'>
  readonly signal: AbortSignal
}

/** Samples [from, to) of a measurement. */
interface Range {
  readonly from: number
  readonly to: number
}

/** What a further worker holds; only to know arrays again, which may go. */
interface Held {
  readonly model: number
  readonly current: Map<string, WeakRef<Float32Array>>
}

const models = new WeakMap<Twin, number>()
const held = new WeakMap<Helper, { readonly model: number; readonly ready: Promise<Held> }>()
let known = 0

/** Whether there is so much to show that other workers are worth it. */
export function isWorthSharing<Subject extends Sharable>(
  { tools }: Pick<Shown, 'tools'>,
  subject: Subject,
  samples: number,
): subject is Subject & Shared {
  const { runner, twin } = subject
  return (
    twin !== undefined &&
    tools.cores.count > 1 &&
    mostTwins(twin) > 0 &&
    runner.msFor(samples) > LEAST_MS
  )
}

/**
 * Shows samples [from, to) to a model in all workers that there are, whichever is free. Answers are handed on in the
 * order of the samples and are those of one worker, bit for bit. The engine's own begins at once; others join as they
 * are ready, and what one of them cannot do the engine's own does. Needs the lock, and the weights set here.
 * @throws StudioError 'engine/cancelled' or the fault of the device
 */
export async function runShared(
  { make, signal, tools }: Shown,
  { runner, twin, weights }: Shared,
  { from, to }: Range,
  use: UseOutput,
): Promise<void> {
  const ranges = new Ranges(from, to, () => runner.nextSize())
  const done = new InOrder(from, use)
  /** What others are at; each ends well, whatever becomes of it. */
  const going = new Set<Promise<void>>()
  const failures: unknown[] = []
  const one = async (helper: Helper, range: Range): Promise<void> => {
    try {
      const own = weights ?? weightsOf(twin.opened)
      await done.put(await shownBy(helper, twin, own, make, range, signal), range)
    } catch (error) {
      if (error instanceof HelperGone) {
        ranges.giveBack(range)
        helper.end(error.message)
      } else {
        // Nobody can do better, and who tried again at once would let nothing else come to pass.
        failures.push(error)
        ranges.end()
      }
    }
  }
  const lane = async (helper: Helper): Promise<void> => {
    while (helper.isAlive) {
      const range = ranges.take()
      if (range === null) return
      const step = one(helper, range)
      going.add(step)
      await step
      going.delete(step)
    }
  }
  void tools.cores.crew(mostTwins(twin)).then((crew) => {
    for (const helper of crew) for (let at = 0; at < AHEAD; at++) void lane(helper)
  })
  try {
    for (;;) {
      for (let range = ranges.take(); range !== null; range = ranges.take())
        await runner.run(
          ...([range.from, range.to, make] as const),
          (values, start, end) => done.put(values, { from: start, to: end }),
          signal,
        )
      // What comes back from those who fail is done here.
      if (failures.length > 0) throw failures[0]
      if (going.size === 0) break
      await Promise.race(going)
    }
  } finally {
    ranges.end()
    await Promise.allSettled(going)
  }
}

/** Samples that are left to be shown. */
class Ranges {
  private readonly returned: Range[] = []
  private readonly to: number
  private readonly size: () => number
  private next: number
  private isOver = false

  constructor(from: number, to: number, size: () => number) {
    this.next = from
    this.to = to
    this.size = size
  }

  take(): Range | null {
    const back = this.returned.pop()
    if (back !== undefined) return back
    if (this.next >= this.to) return null
    const from = this.next
    this.next = Math.min(this.to, from + this.size())
    return { from, to: this.next }
  }

  giveBack(range: Range): void {
    if (!this.isOver) this.returned.push(range)
  }

  /** Nobody takes anything any more. */
  end(): void {
    this.isOver = true
    this.next = this.to
    this.returned.length = 0
  }
}

async function shownBy(
  helper: Helper,
  twin: Twin,
  weights: readonly NamedWeight[],
  make: MakeInputs,
  { from, to }: Range,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { current, model } = await heldBy(helper, twin, signal)
  const inputs = await movedInputs(make, from, to)
  // From here to the question nobody else comes between: what is taken down as sent is sent next.
  const changed = weights.flatMap(({ spec, values }) => {
    if (current.get(spec.name)?.deref() === values) return []
    current.set(spec.name, new WeakRef(values))
    return [{ spec: { name: spec.name, shape: spec.shape }, values: values.slice() }]
  })
  const range: MovedRange = { model, weights: changed, inputs }
  const moved = [...changed, ...inputs].flatMap(({ values: { buffer } }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  )
  return answerWithin(helper, helper.ask(showRange, range, moved), LIMIT_MS, signal)
}

function heldBy(helper: Helper, twin: Twin, signal: AbortSignal): Promise<Held> {
  const model = models.get(twin) ?? ++known
  models.set(twin, model)
  const before = held.get(helper)
  if (before?.model === model) return before.ready
  const asked = helper.ask(takeModel, {
    ...{ model, opened: toMove(twin.opened) },
    kernels: twin.kernels,
  })
  const ready = answerWithin(helper, asked, LIMIT_MS, signal).then(() => {
    const current = new Map(
      weightsOf(twin.opened).map(({ spec, values }) => [spec.name, new WeakRef(values)]),
    )
    return { model, current }
  })
  held.set(helper, { model, ready })
  // A model that was given up on half-way is asked for anew.
  ready.catch(() => {
    held.delete(helper)
  })
  return ready
}

async function movedInputs(make: MakeInputs, from: number, to: number): Promise<MovedInput[]> {
  const tensors = await make(from, to)
  try {
    return await Promise.all(
      tensors.map(async (tensor) => ({
        values: (await tensor.data()).slice(),
        shape: tensor.shape,
        dtype: tensor.dtype as MovedInput['dtype'],
      })),
    )
  } finally {
    tf.dispose(tensors)
  }
}

/** As its files have them. */
function weightsOf({ weights }: OpenedModel): NamedWeight[] {
  return weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
}

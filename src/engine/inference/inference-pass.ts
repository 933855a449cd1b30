import type { OpenedModel } from '../../formats/format'
import type { ValueName } from '../../graph/values'
import type { NamedWeight } from '../model/runnable-model'
import { arenaFor, roundUp } from './arena'
import { kernelsIn } from './kernels'
import type { KernelMemory } from './kernels'
import { KeptActivations } from './kept-activations'
import type { InferencePlan, Value } from './plan'
import { prepared } from './prepared'
import type { Prepared, Site } from './site'
import { readsOf } from './step'
import { InferenceWeights } from './weights'

/** Stops before each step; in the end views of the outputs, which hold until the next call. */
export type PassSteps = Generator<ValueName, readonly Float32Array[], undefined>

/** Whole numbers of 24 bits or less stay what they are, and others become the nearest real one, as by a cast. */
type Given = Float32Array | Int32Array

/** What a step reads and gives of the samples that go through together: a few caches of one core. */
const TOGETHER_FLOATS = 2 ** 20
const MOST_TOGETHER = 64

/** A tile of eight columns, and what goes with it. */
const TILE_FLOATS = 80

/**
 * A plan with its weights in memory of its own: no tape, no tensors, no garbage between steps. Samples go through it a few
 * together, and what is computed of one does not depend on the others, bit by bit.
 */
export class InferencePass {
  /** Samples that go through together. */
  readonly together: number
  /** Whether the last call computed all steps. */
  wasWhole = true
  private readonly memory: KernelMemory
  private readonly steps: readonly Prepared[]
  private readonly places: ReadonlyMap<ValueName, number>
  private readonly arena: number
  private readonly weights: InferenceWeights
  /** What the weights of each step were made of. */
  private readonly stamps: string[]
  private readonly kept: KeptActivations

  /** @throws RangeError where memory does not suffice */
  constructor(
    module: WebAssembly.Module,
    readonly plan: InferencePlan,
    opened: Pick<OpenedModel, 'weights'>,
    isTall: boolean,
    keptBytes?: number,
  ) {
    this.weights = new InferenceWeights(plan, opened)
    this.together = togetherIn(plan)
    const arena = arenaFor(plan, this.together)
    this.places = arena.places
    let end = 0
    const room = (floats: number): number => {
      const at = end
      end += roundUp(floats)
      return at
    }
    const tile = room(TILE_FLOATS)
    const site = this.siteOf(room, tile, isTall)
    this.steps = plan.steps.map((step) => prepared(step, site))
    this.arena = room(arena.floats)
    this.memory = kernelsIn(module, 4 * end)
    this.stamps = plan.steps.map(() => 'none')
    this.kept = new KeptActivations(plan, keptBytes)
    for (const { begin } of this.steps) begin?.()
  }

  /** Those whose array is the one that is already set cost nothing. */
  setWeight(weight: NamedWeight): void {
    this.weights.set(weight)
  }

  /** Of weights that were set, arrays are not held any longer: whoever runs it sets them again. */
  letGo(): void {
    this.weights.letGo()
  }

  /**
   * Up to `together` samples.
   * @param inputs of each input the numbers of these samples
   * @returns views of the outputs, which hold until the next call
   */
  run(inputs: readonly Given[], samples: number): readonly Float32Array[] {
    const steps = this.inSteps(inputs, samples)
    let step = steps.next()
    while (step.done !== true) step = steps.next()
    return step.value
  }

  /** The same, stopping before each step, of which it says what that gives. */
  *inSteps(inputs: readonly Given[], samples: number): PassSteps {
    for (const [at, { name, size }] of this.plan.inputs.entries()) {
      const values = inputs[at]
      if (values?.length !== samples * size) throw new RangeError(`${name} lacks numbers`)
      this.valuesOf(name, samples * size).set(values)
    }
    this.weigh()
    const valuesOf = ({ name, size }: Value): Float32Array => this.valuesOf(name, samples * size)
    const kept = this.kept.wanted(samples, valuesOf)
    const first = this.kept.restore(samples, valuesOf)
    this.wasWhole = first === 0
    for (const [at, step] of this.steps.entries()) {
      if (at < first) continue
      this.kept.keep(at, kept, valuesOf)
      yield this.plan.steps[at]?.out ?? ''
      step.run(samples)
    }
    return this.plan.outputs.map(({ name, size }) => this.valuesOf(name, samples * size))
  }

  /** Of each step whose weights are other arrays than before, anew. */
  private weigh(): void {
    const before = [...this.stamps]
    for (const [at, step] of this.plan.steps.entries()) {
      const stamp = this.weights.stampsOf(step).join()
      if (this.stamps[at] === stamp) continue
      this.steps[at]?.weigh?.(this.weights.numbers)
      this.stamps[at] = stamp
    }
    if (this.stamps.some((stamp, at) => stamp !== before[at])) this.kept.begin([...this.stamps])
  }

  private valuesOf(name: ValueName, length: number): Float32Array {
    const from = this.arena + (this.places.get(name) ?? 0)
    return this.memory.floats.subarray(from, from + length)
  }

  private siteOf(room: Site['room'], tile: number, isTall: boolean): Site {
    const { places } = this
    const memory = (): KernelMemory => this.memory
    return {
      get kernels() {
        return memory().kernels
      },
      room,
      floats: (at, length) => memory().floats.subarray(at, at + length),
      words: (at, length) => memory().words.subarray(at, at + length),
      address: (name) => 4 * (this.arena + (places.get(name) ?? 0)),
      tile,
      isTall: isTall ? 1 : 0,
    }
  }
}

function togetherIn(plan: InferencePlan): number {
  const size = (name: ValueName): number => plan.values.get(name) ?? 0
  const largest = plan.steps.reduce(
    (most, step) =>
      Math.max(
        most,
        [step.out, ...readsOf(step)].reduce((sum, name) => sum + size(name), 0),
      ),
    1,
  )
  return Math.max(1, Math.min(MOST_TOGETHER, Math.floor(TOGETHER_FLOATS / largest)))
}

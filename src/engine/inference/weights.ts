import type { OpenedModel } from '../../formats/format'
import type { ValueName } from '../../graph/values'
import type { NamedWeight } from '../model/runnable-model'
import type { InferencePlan } from './plan'
import { sourceOf, stillValueOf } from './still-weights'
import type { StillValue } from './still-weights'
import type { Step } from './step'
import { weightsOf } from './step'

/** One weight as it is now, and a number that no other array or encoded tensor of this model ever had. */
interface Current extends StillValue {
  readonly stamp: number
}

/** The weights of a model, and which steps are made with which of them. */
export class InferenceWeights {
  private readonly current = new Map<ValueName, Current>()
  private readonly stamps = new WeakMap<object, number>()
  private readonly opened: ReadonlyMap<ValueName, Current>
  private next = 0

  constructor(
    private readonly plan: InferencePlan,
    { weights }: Pick<OpenedModel, 'weights'>,
  ) {
    for (const { spec, values } of weights)
      this.current.set(spec.name, { shape: spec.shape, values, stamp: this.stampOf(values) })
    for (const [name, { shape, values }] of plan.graph.constants)
      if (values !== null && !this.current.has(name))
        this.current.set(name, { shape, values, stamp: this.stampOf(values) })
    this.opened = new Map(this.current)
  }

  /** Of what was set nothing is held any longer: whoever runs it sets it again. */
  letGo(): void {
    for (const [name, own] of this.opened) this.current.set(name, own)
  }

  /**
   * Its numbers are read where a step is made anew. Codes are told by what holds them: whenever they are read they are
   * numbers in another array.
   */
  set(weight: NamedWeight): void {
    const { encoded, spec } = weight
    if (!this.current.has(spec.name)) return
    this.current.set(spec.name, {
      shape: spec.shape,
      stamp: this.stampOf(encoded ?? weight.values),
      get values() {
        return weight.values
      },
    })
  }

  /** @throws RangeError where no numbers are known */
  readonly numbers = (name: ValueName): ArrayLike<number> => this.valueOf(name).values

  /** Equal for a step exactly if it is made with the same arrays or encoded tensors. */
  stampsOf(step: Step): readonly number[] {
    return weightsOf(step).map(
      (name) => this.current.get(sourceOf(name, this.plan.still))?.stamp ?? -1,
    )
  }

  private valueOf(name: ValueName): StillValue {
    const known = this.current.get(name)
    if (known !== undefined) return known
    const node = this.plan.still.find(({ outputs }) => outputs.includes(name))
    const [from = null] = node?.inputs ?? []
    if (node === undefined || from === null) throw new RangeError(`no numbers of ${name}`)
    return stillValueOf(node, this.valueOf(from), this.plan.shapes.get(name) ?? [])
  }

  private stampOf(values: object): number {
    const known = this.stamps.get(values)
    if (known !== undefined) return known
    this.stamps.set(values, this.next)
    return this.next++
  }
}

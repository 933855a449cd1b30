import type { ModelGraph } from '../../graph/graph'
import type { ValueName } from '../../graph/values'
import { channelsLast } from '../../graph/passes/one-layout'
import { convolutionsNormalized } from './passes/convolutions-normalized'
import type { Lead } from './kernels/kernel'
import { followersFused } from './passes/followers-fused'
import { planOf, readsOfLayers } from './plan'
import type { Plan, Step } from './plan'

/** What a plan is for. */
export interface Purpose {
  /** On the tape, or as it will be there. */
  readonly isLearning: boolean
  /** Values that somebody looks at, which are there as the graph has them; null: all, one operator after the other. */
  readonly seen: ReadonlySet<ValueName> | null
}

/** Plans of one graph, each made when it is first wanted: the fewest kernels that leave what somebody looks at. */
export class Plans {
  /** Channels last, and otherwise as it was. */
  readonly graph: ModelGraph
  /** Of all plans what reads weights alone. */
  readonly still: readonly Step[]
  private readonly shown: Plan
  private readonly known = new Map<string, Plan>()

  /** @throws RangeError at a node that nothing here runs */
  constructor(private readonly ready: ModelGraph) {
    this.graph = channelsLast(ready)
    this.shown = planOf(channelsLast(ready, null), { shown: readsOfLayers(ready) })
    const steps = [planOf(this.graph), this.shown].flatMap((plan) => plan.steps)
    // Turns of weights have the same names in both.
    const once = new Map(steps.flatMap((step) => (step.isStill ? [[step.node.id, step]] : [])))
    this.still = [...once.values()]
  }

  of({ isLearning, seen }: Purpose): Plan {
    if (seen === null) return this.shown
    const key = JSON.stringify([isLearning, ...[...seen].toSorted()])
    const known = this.known.get(key)
    if (known !== undefined) return known
    const whole = seen.size === 0 ? this.graph : channelsLast(this.ready, seen)
    const fused = followersFused(whole, { isLearning, seen })
    const { followers } = fused
    const { graph, leads } = isLearning
      ? convolutionsNormalized(fused, seen)
      : { graph: fused.graph, leads: new Map<string, Lead>() }
    const plan = planOf(graph, { followers, leads })
    this.known.set(key, plan)
    return plan
  }
}

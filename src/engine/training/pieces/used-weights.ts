import * as tf from '@tensorflow/tfjs'
import type { TrainableModel, WeightTransform } from '../network/trainable-model'
import type { TrainingHook } from '../../../techniques/training-hook.engine'

/**
 * What the model computes with in place of its weights, made once for all pieces of a batch; and what their gradients
 * are to the weights behind them. Equal to hooks on the tape of each piece but for rounding: gradients are summed before
 * they go through the hooks, which they do in a line.
 */
export class UsedWeights {
  private readonly model: TrainableModel
  private readonly learned: readonly tf.Variable[]
  private readonly names: ReadonlyMap<string, string>
  /** Those of them that the model's passes read. */
  private readonly read: readonly tf.Variable[]
  private readonly transforms: ReadonlyMap<string, WeightTransform>
  /** By name what was handed out last, to know what has changed since. */
  private readonly handed = new Map<string, tf.DataId>()

  constructor(
    model: TrainableModel,
    hooks: readonly TrainingHook[],
    hint: Pick<TrainingHook, 'variables'> | null,
  ) {
    this.model = model
    this.transforms = transformsOf(model, hooks)
    const own = hooks.flatMap((hook) => [...hook.variables])
    this.learned = own.map(([, variable]) => variable)
    this.read = hint === null ? [] : [...hint.variables.values()]
    this.names = new Map(own.map(([name, variable]) => [variable.name, name]))
  }

  /**
   * All that is another than at the last call, by name: weights, and what hooks learn. The caller disposes what is
   * returned.
   */
  changed(): Map<string, tf.Tensor> {
    const changed = new Map<string, tf.Tensor>()
    const hand = (name: string, variable: tf.Variable): void => {
      const transform = this.transforms.get(name)
      if (transform !== undefined) {
        changed.set(
          name,
          tf.tidy(() => transform(variable).clone()),
        )
        return
      }
      // Assigning gives a variable other data.
      if (this.handed.get(name) === variable.dataId) return
      this.handed.set(name, variable.dataId)
      changed.set(name, variable.clone())
    }
    for (const [name, variable] of this.model.all) hand(name, variable)
    for (const variable of this.read) hand(this.names.get(variable.name) ?? '', variable)
    return changed
  }

  /** Forgets what was handed out: all is changed at the next call. */
  forget(): void {
    this.handed.clear()
  }

  /**
   * Gradients to the weights, and to what hooks have learned.
   * @param gradients to what was used; taken over
   */
  behind(gradients: Map<string, tf.Tensor>): Map<string, tf.Tensor> {
    const found = new Map<string, tf.Tensor>()
    for (const [name, gradient] of gradients) {
      const transform = this.transforms.get(name)
      const variable = this.model.all.get(name)
      if (transform === undefined || variable === undefined) {
        found.set(name, gradient)
        continue
      }
      const sources = [variable, ...this.learned]
      const { grads, value } = tf
        .engine()
        .gradients(() => transform(variable), sources, gradient, true)
      // A hook may let both through as they are.
      if (value !== variable) value.dispose()
      if (!grads.includes(gradient)) gradient.dispose()
      ;(grads as readonly (tf.Tensor | undefined)[]).forEach((one, at) => {
        if (one === undefined) return
        const key = at === 0 ? name : (this.names.get(sources[at]?.name ?? '') ?? '')
        const known = found.get(key)
        found.set(key, known === undefined ? one : tf.add(known, one))
        if (known !== undefined) tf.dispose([known, one])
      })
    }
    return found
  }
}

/** What each weight goes through, in the order of the hooks; those that go through none are missing. */
export function transformsOf(
  model: Pick<TrainableModel, 'all'>,
  hooks: readonly TrainingHook[],
): ReadonlyMap<string, WeightTransform> {
  const found = new Map<string, WeightTransform>()
  for (const name of model.all.keys()) {
    const own = hooks.flatMap((hook) => hook.transform(name) ?? [])
    if (own.length > 0)
      found.set(name, (weight) => own.reduce((value, transform) => transform(value), weight))
  }
  return found
}

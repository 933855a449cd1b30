import { metaOf } from './catalog'
import type { ConfigOf, RecipeStep, TechniqueId } from './catalog'
import type { Recipe } from './recipe'
import type { Aspect, Description, TechniqueMeta } from './technique'

/** A step by its technique; `turn`, from 1, where a recipe has several of it, else null. */
export interface StepName {
  readonly technique: TechniqueId
  readonly turn: number | null
}

/** Whether a layer says itself that a step treats it, or follows the step. */
export type OwnChoice = 'on' | 'off' | 'follows'

/** Something that one recipe does otherwise than another: plain facts, which are said elsewhere. */
export type RecipeDifference =
  | { readonly kind: 'weights'; readonly now: 'file' | 'trained' | 'otherRun' }
  /** `set`: the step as it is in the recipe that has it switched on. */
  | { readonly kind: 'added' | 'removed'; readonly step: StepName; readonly set: RecipeStep }
  | {
      readonly kind: 'aspect'
      readonly step: StepName
      /** One of the technique's own. */
      readonly aspect: string
      readonly from: Description
      readonly to: Description
      /** None: the whole model. */
      readonly layers: readonly string[]
    }
  | {
      readonly kind: 'own'
      readonly step: StepName
      readonly from: OwnChoice
      readonly to: OwnChoice
      readonly layers: readonly string[]
    }
  /** Steps that are on in either, as they stand in both. */
  | {
      readonly kind: 'order'
      readonly from: readonly StepName[]
      readonly to: readonly StepName[]
    }
  | { readonly kind: 'seed'; readonly from: number; readonly to: number }
  /** A setting that has no effect in either: of a step that is off, of a choice that is not made. */
  | { readonly kind: 'unused'; readonly step: StepName; readonly layers: readonly string[] }

type LayerDifference = Extract<RecipeDifference, { readonly layers: readonly string[] }>

/**
 * What a recipe does otherwise than another one, in all that it holds; nothing where they are the same. Exceptions are
 * compared by what they come to: a layer that follows its step is not named beside it.
 * @param from what is compared with
 */
export function recipeDifference(from: Recipe, to: Recipe): readonly RecipeDifference[] {
  const pairs = pairedSteps(from.steps, to.steps)
  return [
    ...weightsDifference(from.trained, to.trained),
    ...pairs.flatMap(stepDifference),
    ...orderDifference(pairs),
    ...(from.seed === to.seed
      ? []
      : [{ kind: 'seed', from: from.seed, to: to.seed } satisfies RecipeDifference]),
  ]
}

function weightsDifference(
  from: string | undefined,
  to: string | undefined,
): readonly RecipeDifference[] {
  if (from === to) return []
  const now = to === undefined ? 'file' : from === undefined ? 'trained' : 'otherRun'
  return [{ kind: 'weights', now }]
}

/** The steps of one technique and turn in both recipes, with their places; null where one has it not. */
interface Pair {
  readonly name: StepName
  readonly from: Placed | null
  readonly to: Placed | null
}

interface Placed {
  readonly step: RecipeStep
  readonly place: number
}

function pairedSteps(from: readonly RecipeStep[], to: readonly RecipeStep[]): readonly Pair[] {
  const turns = (steps: readonly RecipeStep[], technique: TechniqueId): readonly Placed[] =>
    steps.flatMap((step, place) => (step.technique === technique ? { step, place } : []))
  const techniques = new Set([...to, ...from].map(({ technique }) => technique))
  return [...techniques].flatMap((technique) => {
    const [before, after] = [turns(from, technique), turns(to, technique)]
    const count = Math.max(before.length, after.length)
    return Array.from({ length: count }, (_, at) => ({
      name: { technique, turn: count === 1 ? null : at + 1 },
      from: before[at] ?? null,
      to: after[at] ?? null,
    }))
  })
}

function stepDifference({ from, name: step, to }: Pair): readonly RecipeDifference[] {
  const [before, after] = [from?.step ?? null, to?.step ?? null]
  if (after?.enabled === true && before?.enabled !== true)
    return [{ kind: 'added', step, set: after }]
  if (before?.enabled === true && after?.enabled !== true)
    return [{ kind: 'removed', step, set: before }]
  if (before === null || after === null) return [{ kind: 'unused', step, layers: [] }]
  if (!after.enabled)
    return isSame(before.config, after.config) ? [] : [{ kind: 'unused', step, layers: [] }]
  return configDifference(step, before.config, after.config)
}

type Config = ConfigOf<TechniqueId>
type Exception = Readonly<Record<string, unknown>> & { readonly enabled?: boolean }

function configDifference(
  step: StepName,
  from: Config,
  to: Config,
): readonly (LayerDifference | RecipeDifference)[] {
  const whole = aspectDifferences(step, [from, to], [from, to], null)
  const isTold = new Set(whole.map((one) => JSON.stringify(one)))
  const names = [...new Set([from, to].flatMap(({ overrides }) => Object.keys(overrides)))]
  const ofLayers = names.flatMap((layer) =>
    layerDifferences(step, from, to, layer).filter(
      // A layer that goes the way of its step is told with it.
      (one) => !isTold.has(JSON.stringify({ ...one, layers: [] })),
    ),
  )
  return [...whole, ...gathered(ofLayers)]
}

function layerDifferences(
  step: StepName,
  from: Config,
  to: Config,
  layer: string,
): readonly LayerDifference[] {
  const [before, after] = [exceptionIn(from, layer), exceptionIn(to, layer)]
  const [choice, now] = [choiceOf(before), choiceOf(after)]
  const own: readonly LayerDifference[] =
    choice === now ? [] : [{ kind: 'own', step, from: choice, to: now, layers: [layer] }]
  // A layer that is left alone does nothing with its other settings.
  if (choice === 'off' || now === 'off') {
    const rest = ({ enabled: _, ...others }: Exception): object => others
    const isUnused = own.length === 0 && !isSame(rest(before), rest(after))
    return isUnused ? [{ kind: 'unused', step, layers: [layer] }] : own
  }
  const set = [
    { ...from, ...before },
    { ...to, ...after },
  ] as const
  return [...own, ...aspectDifferences(step, set, [before, after], layer)]
}

/**
 * @param set what is in effect
 * @param said where a field may differ without an effect: the settings themselves, or the exception of a layer
 * @param layer null: the whole model
 */
function aspectDifferences(
  step: StepName,
  [from, to]: readonly [object, object],
  [before, after]: readonly [object, object],
  layer: string | null,
): readonly LayerDifference[] {
  const layers = layer === null ? [] : [layer]
  // The fields come from settings that this very technique has parsed.
  const all = aspectsOf(step.technique).map(([aspect, { describe, fields }]) => ({
    ...{ aspect, fields, was: describe(from as never), is: describe(to as never) },
  }))
  const found = all
    .filter(({ is, was }) => !isSame(was, is))
    .map(
      ({ aspect, is, was }) =>
        ({ kind: 'aspect', step, aspect, from: was, to: is, layers }) as const,
    )
  const isUnused = all.some(
    ({ fields, is, was }) =>
      isSame(was, is) &&
      fields.some((field) => !isSame(fieldOf(before, field), fieldOf(after, field))),
  )
  return isUnused ? [...found, { kind: 'unused', step, layers }] : found
}

function aspectsOf<Id extends TechniqueId>(
  technique: Id,
): readonly (readonly [string, Aspect<ConfigOf<Id>>])[] {
  const { aspects }: TechniqueMeta<Id, ConfigOf<Id>> = metaOf(technique)
  return Object.entries(aspects)
}

function exceptionIn({ overrides }: Config, layer: string): Exception {
  return (overrides as Readonly<Record<string, Exception>>)[layer] ?? {}
}

function choiceOf({ enabled }: Exception): OwnChoice {
  return enabled === undefined ? 'follows' : enabled ? 'on' : 'off'
}

function fieldOf(settings: object, field: string): unknown {
  return (settings as Readonly<Record<string, unknown>>)[field]
}

/** The same of several layers is told once, with their names. */
function gathered(differences: readonly LayerDifference[]): readonly LayerDifference[] {
  const byFacts = new Map<string, LayerDifference>()
  for (const one of differences) {
    const key = JSON.stringify({ ...one, layers: [] })
    const before = byFacts.get(key)?.layers ?? []
    byFacts.set(key, { ...one, layers: [...before, ...one.layers] })
  }
  return [...byFacts.values()]
}

function orderDifference(pairs: readonly Pair[]): readonly RecipeDifference[] {
  const common = pairs.flatMap(({ from, name, to }) =>
    from === null || to === null
      ? []
      : { name, from: from.place, to: to.place, isOn: from.step.enabled || to.step.enabled },
  )
  const order = (side: 'from' | 'to', among: typeof common): readonly StepName[] =>
    among.toSorted((one, other) => one[side] - other[side]).map(({ name }) => name)
  const on = common.filter(({ isOn }) => isOn)
  const [from, to] = [order('from', on), order('to', on)]
  if (!isSame(from, to)) return [{ kind: 'order', from, to }]
  const [all, now] = [order('from', common), order('to', common)]
  const moved = now.find((name, at) => !isSame(name, all[at]))
  return moved === undefined ? [] : [{ kind: 'unused', step: moved, layers: [] }]
}

/** Whatever the order of the fields. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, sorted(inner)] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

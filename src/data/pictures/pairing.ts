import type { Between } from '../../files/between'
import { outputPicture } from '../element-targets'
import type { DataWishes } from '../data-wishes'
import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingControl } from '../reading/reading'
import { pairWays } from './picture-pairs'
import type { PairWay } from './picture-pairs'

/** Where no picture is what a model should make. */
const NONE = ''
/** Where all are samples, whatever they are called. */
const ALL = '*'
/** Options that are no names of the person's own. */
export const withoutTargets = [NONE, ALL] as const

/** Whether and how pictures belong together in pairs. */
export interface Pairing {
  readonly controls: readonly ReadingControl[]
  /** null: they are no pairs. */
  readonly way: PairWay | null
  /** Places of targets that are no samples, where they are no pairs. */
  readonly aside: ReadonlySet<number>
}

/**
 * Pairs pictures by their names where the model makes pictures. Elsewhere pairs are only offered, where masks
 * lie beside pictures.
 * @param paths of all pictures
 * @param masks those that were drawn over others
 * @throws what `between` throws
 */
export async function pairingOf(
  paths: readonly string[],
  masks: ReadonlySet<string>,
  { choices, inputs, output = null }: Pick<DataWishes, 'choices' | 'inputs' | 'output'>,
  between: Between,
): Promise<Pairing> {
  const sides = output?.sides ?? null
  const makesPictures =
    sides !== null &&
    output?.kind !== 'probabilities' &&
    outputPicture(sides, inputs[0]?.sides ?? null) !== null
  const ways = makesPictures || masks.size > 0 ? await pairWays(paths, between) : []
  const likely = ways.find(({ isLikely }) => isLikely) ?? null
  const options = [NONE, ...ways.map(({ name }) => name), ...(masks.size > 0 ? [ALL] : [])]
  const guess = makesPictures ? (likely?.name ?? NONE) : NONE
  const chosen = choiceOf(choices, 'targetsFrom', options) ?? guess
  const places = paths.flatMap((path, at) => (masks.has(path) ? [at] : []))
  const beside = makesPictures && likely !== null ? [...likely.targets] : []
  return {
    controls:
      options.length > 1
        ? [controlOf('targetsFrom', options, [guess], choices, { verbatim: true })]
        : [],
    way: ways.find(({ name }) => name === chosen) ?? null,
    aside: new Set(chosen === ALL ? [] : [...places, ...beside]),
  }
}

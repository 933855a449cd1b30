import type { Allocation } from './allocation'
import { distanceOf } from './distance-curve'
import { settingsOf } from './layer-cells'
import type { PricedChoice, Row } from './front'
import type { CellSettings, SensitivityTable, SmallCell, SmallSensitivity } from './sensitivity'

/** What one row of the front decides. */
type Choice =
  | { readonly of: 'layer'; readonly layer: string; readonly cell: CellSettings }
  | { readonly of: 'biases' | 'normalization'; readonly as: SmallCell['as'] }

export type SearchRow = Row<Choice>

/**
 * The layers and small tensors of a model as rows of a front, by what they cost and move. Biases that are put right
 * are floats, whatever is asked of them.
 */
export function rowsOfTable(
  { layers, small }: SensitivityTable,
  corrected: boolean,
): readonly SearchRow[] {
  return [
    ...layers.map((sensitivity): SearchRow => {
      const { layer, cells } = sensitivity
      const distance = distanceOf(sensitivity)
      const choices = cells.map((cell): PricedChoice<Choice> => {
        return {
          choice: { of: 'layer', layer, cell: settingsOf(cell) },
          bytes: cell.bytes,
          distance: isUntouched(cell) ? 0 : distance(cell),
        }
      })
      return { choices: untouchedFirst(worthwhile(choices), ({ choice }) => isFloat(choice)) }
    }),
    ...small.map((one) => smallRow(one, corrected)),
  ]
}

function smallRow({ small: of, cells }: SmallSensitivity, corrected: boolean): SearchRow {
  return {
    choices: untouchedFirst(
      cells
        .filter(({ as }) => as === 'float' || of !== 'biases' || !corrected)
        .map(({ as, bytes, distance }): PricedChoice<Choice> => ({
          choice: { of, as },
          bytes,
          distance,
        })),
      ({ choice }) => isFloat(choice),
    ),
  }
}

/** Without those that cost more than another that moves no more. */
function worthwhile(choices: readonly PricedChoice<Choice>[]): readonly PricedChoice<Choice>[] {
  const kept: PricedChoice<Choice>[] = []
  let least = Infinity
  for (const one of choices.toSorted((a, b) => a.bytes - b.bytes || a.distance - b.distance)) {
    if (one.distance >= least && !isFloat(one.choice)) continue
    least = Math.min(least, one.distance)
    kept.push(one)
  }
  return kept
}

function isFloat(choice: Choice): boolean {
  return choice.of === 'layer' ? isUntouched(choice.cell) : choice.as === 'float'
}

function isUntouched({ bits, sparsity }: CellSettings): boolean {
  return bits === null && sparsity === 0
}

function untouchedFirst<Value>(
  values: readonly Value[],
  isFirst: (value: Value) => boolean,
): readonly Value[] {
  return [...values.filter(isFirst), ...values.filter((value) => !isFirst(value))]
}

/** The allocation of a point of the front. */
export function allocationOf(
  rows: readonly SearchRow[],
  chosen: readonly number[],
  corrected: boolean,
): Allocation {
  const layers = new Map<string, CellSettings>()
  let [biases, normalization]: SmallCell['as'][] = ['float', 'float']
  rows.forEach(({ choices }, row) => {
    const choice = choices[chosen[row] ?? 0]?.choice
    if (choice?.of === 'layer') layers.set(choice.layer, choice.cell)
    else if (choice?.of === 'biases') biases = choice.as
    else if (choice?.of === 'normalization') normalization = choice.as
  })
  return { layers, biases: biases ?? 'float', normalization: normalization ?? 'float', corrected }
}

/** The same rows once measurements have said that some move the whole more, or less, than was thought. */
export function weighted(
  rows: readonly SearchRow[],
  weights: readonly number[],
): readonly SearchRow[] {
  return rows.map(({ choices }, row) => ({
    choices: choices.map((one) => ({ ...one, distance: one.distance * (weights[row] ?? 1) })),
  }))
}

/**
 * The layers and small tensors as rows of a front for weights that are yet to be trained. What training cannot win back is
 * what a layer has lost of its outputs, whatever they are to the whole: -log(1 - e) for the share e of their energy, which
 * grows without end where nearly all is gone. For zeros and the energy of weights it is what LAMP keeps.
 * Steps across the whole range are left out: most of their zeros are gone once ranges are learned.
 * @param leastBits of codes
 * @param corrected whether biases are put right
 * @see Lee et al. 2021, "Layer-adaptive sparsity for the magnitude-based pruning" (arXiv:2010.07611)
 */
export function trainableRows(
  { layers, small }: SensitivityTable,
  leastBits: number,
  corrected: boolean,
): readonly SearchRow[] {
  return [
    ...layers.map(({ layer, cells }): SearchRow => {
      const choices = cells
        .filter(
          ({ bits, range }) =>
            bits === null || (bits >= leastBits && (range !== 'minMax' || bits > 6)),
        )
        .map((cell): PricedChoice<Choice> => ({
          choice: { of: 'layer', layer, cell: settingsOf(cell) },
          bytes: cell.bytes,
          distance: isUntouched(cell) ? 0 : -Math.log1p(-Math.min(MOST_LOST, cell.error)),
        }))
      return { choices: untouchedFirst(worthwhile(choices), ({ choice }) => isFloat(choice)) }
    }),
    ...small.map((one) => smallRow(one, corrected)),
  ]
}

/** Nothing is left of a layer's outputs. */
const MOST_LOST = 0.9999

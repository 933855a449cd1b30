import { isKerasContainer } from '../../src/core/model-summary'
import type { ExportTarget } from '../../src/core/model-summary'
import { targetsOf } from '../../src/formats/exporters'
import { openModel } from '../../src/formats/importers'
import { isRefusedCell, provenHere, writtenCell } from './cell'
import type { CellResult, WrittenCell } from './cell'
import { isMade, settings } from './settings'
import type { Setting } from './settings'
import type { Source } from './sources'

/** A source, what was made of it, and what that was written as. */
export interface Cell {
  readonly source: string
  readonly setting: string
  /** null: there is nothing to write. */
  readonly target: ExportTarget | null
  readonly outcome: Refused | Proven
}

interface Refused {
  readonly kind: 'refused'
  readonly reason: string
}

export interface Proven {
  readonly kind: 'proven'
  readonly written: WrittenCell
  result: CellResult
}

/** Whether a cell is tried. */
export type Choice = (setting: Setting, target: ExportTarget, number: number) => boolean

/** Settings after which a file of floats, or one that rounds what products are given, is tried: it holds others, whatever made them. */
const enough = ['as it came', 'pruned, 4 bits per channel', 'filters cut', 'trained']

const everyCell: Choice = ({ name }, { container, precision }) =>
  enough.includes(name) ||
  !(isKerasContainer(container) || ['float32', 'float16', 'dynamic8'].includes(precision))

/**
 * Every source with every setting as everything that it can be written as: whatever exporters there are, with all their
 * forms but that of codes of activations, which needs samples. Needs a backend that trains.
 */
export async function* matrix(
  sources: readonly Source[],
  chosen: Choice = everyCell,
): AsyncGenerator<Cell> {
  let number = 0
  for (const { files, name: source } of sources) {
    const model = await openModel(await files(), () => Promise.resolve())
    for (const setting of settings) {
      const targets = targetsOf(model).filter(
        ({ precision, ...target }) =>
          precision !== 'static8' && chosen(setting, { ...target, precision }, number++),
      )
      if (targets.length === 0) continue
      const variant = await setting.make(model)
      const common = { source, setting: setting.name }
      if (!isMade(variant)) {
        yield { ...common, target: null, outcome: { kind: 'refused', reason: variant.reason } }
        continue
      }
      for (const target of targets) {
        const written = await writtenCell(variant, target)
        const outcome: Cell['outcome'] = isRefusedCell(written)
          ? { kind: 'refused', reason: written.refusal }
          : { kind: 'proven', written, result: await provenHere(written, target) }
        yield { ...common, target, outcome }
      }
    }
  }
}

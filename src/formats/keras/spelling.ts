import { apartName, stockName } from '../tfjs-files/stock-names'
import type { Spelling } from '../tfjs-layers/flatten-layers'
import { kerasCatalog } from './keras-catalog'

/** Weights under names that a download may use. @param byPath as of `Spelling`; names that differ by a space stay apart, too */
export function kerasSpelling(byPath: boolean): Spelling {
  return { catalog: kerasCatalog, byPath, spelled: byPath ? apartName : stockName }
}

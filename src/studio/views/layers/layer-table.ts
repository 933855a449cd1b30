import {
  createColumnHelper,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  useReactTable,
} from '@tanstack/react-table'
import type { SortingState } from '@tanstack/react-table'
import { useMemo } from 'react'
import type { LayerSummary } from '../../../core/model-summary'
import type { LayerReport } from '../../../techniques/weights-report'
import { isFound } from '../../words/is-found'
import type { LayerOrder } from '../../store/view-slice'

export interface LayerTableRow {
  readonly layer: LayerSummary
  readonly preview: LayerReport | undefined
}

const column = createColumnHelper<LayerTableRow>()

// A layer without an error has the best there is.
const columns = [
  column.accessor(({ layer }) => layer.storedBytes, { id: 'bytes' }),
  column.accessor(({ layer }) => layer.macs ?? 0, { id: 'macs' }),
  column.accessor(({ layer, preview }) => sparsityOf(layer, preview), { id: 'sparsity' }),
  column.accessor(({ preview }) => preview?.sqnrDb ?? Number.POSITIVE_INFINITY, { id: 'sqnr' }),
  // The filter asks the row itself, and once.
  column.accessor(({ layer }) => layer.name, { id: 'text' }),
]

const orders: Readonly<Record<LayerOrder, SortingState>> = {
  model: [],
  bytes: [{ id: 'bytes', desc: true }],
  macs: [{ id: 'macs', desc: true }],
  sparsity: [{ id: 'sparsity', desc: true }],
  sqnr: [{ id: 'sqnr', desc: false }],
}

interface LayerTableOptions {
  readonly layers: readonly LayerSummary[]
  /** undefined: none yet. */
  readonly previews: readonly LayerReport[] | undefined
  readonly order: LayerOrder
  readonly filter: string
  /** Also those without weights. */
  readonly all: boolean
  /** Chosen ones are shown in any case. */
  readonly focus: readonly string[]
}

/** The layers that are shown, sorted and filtered. */
export function useLayerTable(options: LayerTableOptions): readonly LayerTableRow[] {
  const { layers, previews, order, filter, all, focus } = options
  const data = useMemo(() => {
    const byName = new Map((previews ?? []).map((preview) => [preview.name, preview]))
    return layers
      .filter((layer) => all || layer.parameters > 0 || focus.includes(layer.name))
      .map((layer) => ({ layer, preview: byName.get(layer.name) }))
  }, [layers, previews, all, focus])
  const table = useReactTable<LayerTableRow>({
    data,
    columns,
    // It resets pages, which there are none of, by rendering once more for each change of the data.
    autoResetAll: false,
    state: { sorting: orders[order], globalFilter: filter },
    globalFilterFn: ({ original }, _column, text: string) => isFound(original.layer, text),
    getColumnCanGlobalFilter: ({ id }) => id === 'text',
    getRowId: ({ layer }) => layer.name,
    getCoreRowModel: getCoreRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
  const { rows } = table.getRowModel()
  return useMemo(() => rows.map(({ original }) => original), [rows])
}

export function sparsityOf(layer: LayerSummary, preview: LayerReport | undefined): number {
  if (preview !== undefined && preview.weights > 0) return preview.zeros / preview.weights
  return layer.parameters === 0 ? 0 : layer.zeros / layer.parameters
}

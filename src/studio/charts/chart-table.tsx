import { ScrollArea, Table } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import type { ReactNode } from 'react'

/** Up to here all rows are on the page at once. */
const WHOLE = 200
const ROW_HEIGHT = 37

interface ChartTableRow {
  readonly key: string
  /** Of thousands of rows only those are made that are on the page. */
  readonly cells: readonly ReactNode[] | (() => readonly ReactNode[])
}

interface ChartTableProps {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly ChartTableRow[]
}

/** The same numbers as the chart, as text. */
export function ChartTable({ caption, columns, rows }: ChartTableProps) {
  const viewport = useRef<HTMLDivElement>(null)
  const isLong = rows.length > WHOLE
  // oxlint-disable-next-line react/incompatible-library -- nothing memoized reads what it returns
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    enabled: isLong,
  })
  const drawn = virtual.getVirtualItems()
  const [first = 0, last = -1] = isLong
    ? [drawn[0]?.index, drawn.at(-1)?.index]
    : [0, rows.length - 1]
  return (
    <ScrollArea h="100%" type="auto" viewportRef={viewport} viewportProps={{ tabIndex: 0 }}>
      <Table
        stickyHeader
        fz="sm"
        captionSide="top"
        {...(isLong ? { 'aria-rowcount': rows.length + 1 } : {})}
      >
        <Table.Caption>{caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column, index) => (
              <Table.Th key={column} ta={index === 0 ? 'left' : 'right'}>
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {isLong && <Gap height={drawn[0]?.start ?? 0} />}
          {rows.slice(first, last + 1).map((row, index) => (
            <Table.Tr
              key={row.key}
              {...(isLong ? { 'aria-rowindex': first + index + 2, h: ROW_HEIGHT } : {})}
            >
              {cellsOf(row).map((cell, column) => (
                <Table.Td key={columns[column] ?? column} ta={column === 0 ? 'left' : 'right'}>
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
          {isLong && <Gap height={virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0)} />}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}

function cellsOf({ cells }: ChartTableRow): readonly ReactNode[] {
  return typeof cells === 'function' ? cells() : cells
}

/** The room of rows that are not on the page. */
function Gap({ height }: { readonly height: number }) {
  return <tr aria-hidden style={{ height }} />
}

/** A table of report.json: each key once, then a row for each layer or tensor. */
export interface ReportTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** The rows as objects. */
export function rowsOf<Row>({ columns, rows }: ReportTable): Row[] {
  return rows.map(
    (row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])) as Row,
  )
}

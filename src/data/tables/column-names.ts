import type { TableColumn } from './table-column'

/** What columns of labels are called, the surest names first. */
const LABEL_NAMES: readonly RegExp[] = [
  /^(?:labels?|targets?|y|(?:class|label)[_ ]?(?:labels?|ids?|names?)|标签|类别)$/i,
  /^(?:class(?:es)?|species|surviv(?:ed|al)|exited|churn(?:ed)?|outcomes?|diagnos(?:is|es)|attrition|(?:is_?)?fraud|died|death(?:_event)?|种类|结果)$/i,
  /^(?:quality|grades?|category|kind|type|default(?:ed)?|results?|digit|verdict|等级)$/i,
]
const INDEX_NAMES =
  /^(?:unnamed: ?\d+(?:\.\d+)?(?:_level_\d+)?|index|idx|row ?names|row ?(?:nr|no|number))$/i
const ID_NAMES = /^(?:id|uuid|guid|key|row ?id|序号|编号)$|[ _-]id$/i

/** How surely a name says that a column is the label: 0 the surest, null not at all. */
export function labelRank(name: string): 0 | 1 | 2 | null {
  const rank = LABEL_NAMES.findIndex((names) => names.test(name.trim()))
  return rank === 0 || rank === 1 || rank === 2 ? rank : null
}

/** Those of the columns that have the surest names of labels. */
export function namedLabels(columns: readonly TableColumn[]): {
  readonly columns: readonly TableColumn[]
  /** The name may as well be that of a quantity, such as a grade. */
  readonly isVague: boolean
} {
  for (const rank of [0, 1, 2]) {
    const found = columns.filter(({ name }) => labelRank(name) === rank)
    if (found.length > 0) return { columns: found, isVague: rank === 2 }
  }
  return { columns: [], isVague: false }
}

export function isIndexName(name: string): boolean {
  return INDEX_NAMES.test(name)
}

export function isIdName(name: string): boolean {
  return ID_NAMES.test(name) || /[a-z]I[dD]$/.test(name)
}

/** What a column is called after the word `column`: one without a name by its number alone. */
export function calledColumn(name: string): string {
  return name.replace(/^column (\d+)$/, '$1')
}

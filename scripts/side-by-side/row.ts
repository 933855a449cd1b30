/** What a tool makes of a model with a setting. */
export interface Row {
  readonly tool: string
  readonly setting: string
  /** Why there is nothing. */
  readonly error?: string
  /** Of the file, or of all files of a folder. */
  readonly bytes?: number
  /** In a zip of those alone. */
  readonly zipped?: number
  /** Report and model card, which the zip of the page has beside the model unless they are taken apart. */
  readonly reportBytes?: number
  /** What measured it, where that is ours. */
  readonly runtime?: string
  /** CPU time of a process that has the tool loaded. */
  readonly seconds?: number
  /** Right answers; null until somebody has measured. */
  readonly right?: Right | null
  /** Where it lies. */
  readonly path?: string
}

export interface Right {
  readonly validation: number
  readonly test: number
}

export interface SampleRows {
  readonly sample: string
  readonly float: Right
  readonly rows: readonly Row[]
}

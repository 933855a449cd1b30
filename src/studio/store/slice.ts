/** A part of the store: its fields, what changes them, and how long they hold. */
export interface Slice<Own extends object> {
  /** Reads and changes its own fields alone. */
  readonly create: (set: (part: Partial<Own>) => void, get: () => Own) => Own
  /** Its fresh fields when a new model takes the place of the old one; what is left out is kept. */
  readonly forModel: (state: Own) => Partial<Own>
  /** Its fresh fields with other data, or the same under other settings; what is left out is kept. */
  readonly forData: (state: Own) => Partial<Own>
}

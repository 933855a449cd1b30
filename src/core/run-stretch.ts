/** A part of a training run; both ends are shares of the whole run, 0..1. */
export interface RunStretch {
  readonly from: number
  readonly to: number
}

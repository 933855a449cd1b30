/** Where a run stands; one for everybody who moves it on. */
export interface RunPlace {
  /** Whole epochs done. */
  epoch: number
  /** Steps done, of all epochs. */
  step: number
  readonly batchSize: number
  /** The most samples that go through the network at once. */
  piece: number
}

import type { Preparation } from '../../data/preparation'

/** Keeps prepared pictures up to a number of bytes: decoding is slower than most models. */
export class PictureCache {
  private readonly budget: number
  private readonly kept = new Map<number, Uint8Array>()
  private geometry = ''
  private bytes = 0

  constructor(budget: number) {
    this.budget = budget
  }

  get(sample: number, preparation: Preparation): Uint8Array | null {
    return this.geometry === geometryOf(preparation) ? (this.kept.get(sample) ?? null) : null
  }

  /** What does not fit is not kept: every evaluation reads in the same order, so the first stay. */
  keep(sample: number, preparation: Preparation, picture: Uint8Array): void {
    const geometry = geometryOf(preparation)
    if (this.geometry !== geometry) this.forget()
    this.geometry = geometry
    if (this.bytes + picture.length > this.budget || this.kept.has(sample)) return
    this.kept.set(sample, picture)
    this.bytes += picture.length
  }

  forget(): void {
    this.kept.clear()
    this.bytes = 0
  }
}

/** What decides the bytes; mean and std are applied afterwards. */
function geometryOf({ fit, height, width, color }: Preparation): string {
  return `${fit} ${height} ${width} ${color}`
}

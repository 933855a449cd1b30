import type { LayerSummary, OriginalSummary } from '../../core/model-summary'
import type { RunnableModel } from './runnable-model'

/**
 * What the person opened. It stays the same while filters are removed, so what is known of it is known for all
 * models that are cut from it.
 */
export interface Original {
  readonly files: readonly Blob[]
  readonly summary: OriginalSummary
  readonly layers: readonly LayerSummary[]
}

/** The originals of this worker, by the files that they were opened from. */
export class Originals {
  private readonly byFirstFile = new WeakMap<Blob, Original>()

  /** @returns null where exactly these files were not opened yet */
  find(files: readonly Blob[]): Original | null {
    const [first] = files
    const known = first === undefined ? undefined : this.byFirstFile.get(first)
    if (known?.files.length !== files.length) return null
    return known.files.every((file, index) => file === files[index]) ? known : null
  }

  /** The one that is known, with all that was found out about it, or this one from now on. */
  keep(original: Original): Original {
    const known = this.find(original.files)
    if (known !== null) return known
    const [first] = original.files
    if (first !== undefined) this.byFirstFile.set(first, original)
    return original
  }
}

/**
 * The original of a model that was cut. What it has said to samples is remembered; it is built where something else
 * is asked, and a large one is freed afterwards, so that it takes no memory beside its smaller self.
 */
export class WholeModel {
  private readonly build: (signal: AbortSignal) => Promise<RunnableModel>
  private built: RunnableModel | null

  /** @param built where it has just been opened */
  constructor(build: WholeModel['build'], built: RunnableModel | null) {
    this.build = build
    this.built = built
  }

  /** Needs the lock. @throws StudioError 'open/...', 'engine/...' */
  async require(signal: AbortSignal): Promise<RunnableModel> {
    this.built ??= await this.build(signal)
    return this.built
  }

  release(): void {
    this.built?.dispose()
    this.built = null
  }
}

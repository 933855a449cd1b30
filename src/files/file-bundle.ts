/**
 * Dropped files without the DOM: parsers see names, sizes and byte ranges, so they run in a worker,
 * in Node and in tests alike.
 */
export interface BundleFile {
  /** Relative path inside the drop, `/` separated, never with `..`. */
  readonly path: string
  readonly size: number
  /** What it reads is there for who asked alone, who may give its memory back. */
  readonly readsCopies?: true
  /** Reads bytes [start, end); rejects when the source cannot be read any more. */
  read(start: number, end: number): Promise<Uint8Array>
}

export type FileBundle = readonly BundleFile[]

/** The last segment of a path; model files refer to their shards by it. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Wraps bytes that are already in memory. */
export function memoryFile(path: string, bytes: Uint8Array): BundleFile {
  return {
    path,
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
  }
}

import { droppedPath } from './dropped-file'

/**
 * How files cross between page and worker: as handles, inside a structured clone. The default of the
 * RPC library would read every byte into one message.
 */

/** Survives the library's own walk over a message, and becomes a plain object by being cloned. */
class CarriedBlob {
  readonly blob: Blob
  /** null for a Blob that is no File. */
  readonly path: string | null
  /** The same whenever the same Blob is sent. */
  readonly key: number

  constructor(blob: Blob) {
    this.blob = blob
    this.path = blob instanceof File ? droppedPath(blob) : null
    this.key = keyOf(blob)
  }
}

const keys = new WeakMap<Blob, number>()
let lastKey = 0

function keyOf(blob: Blob): number {
  const key = keys.get(blob) ?? ++lastKey
  keys.set(blob, key)
  return key
}

/** A File arrives under its path; browsers drop that part of it while cloning. */
function restore(carried: unknown, arrived: ArrivedFiles | null): unknown {
  const blob: unknown = Reflect.get(Object(carried), 'blob')
  const path: unknown = Reflect.get(Object(carried), 'path')
  const key: unknown = Reflect.get(Object(carried), 'key')
  if (!(blob instanceof Blob)) throw new TypeError('a Blob did not survive the thread boundary')
  if (typeof path !== 'string') return blob
  const known = typeof key === 'number' ? arrived?.get(key) : undefined
  if (known !== undefined) return known
  const file = new File([blob], path, { type: blob.type })
  if (typeof key === 'number') arrived?.add(key, file)
  return file
}

/**
 * What has crossed already from one other thread: a file that is sent again arrives as the object it was
 * before, so that whoever has read it recognises it. Keeps none of them alive.
 */
export class ArrivedFiles {
  private readonly files = new Map<number, WeakRef<File>>()
  private readonly gone = new FinalizationRegistry<number>((key) => {
    this.files.delete(key)
  })

  get(key: number): File | undefined {
    return this.files.get(key)?.deref()
  }

  add(key: number, file: File): void {
    this.files.set(key, new WeakRef(file))
    this.gone.register(file, key)
  }
}

function isStream(body: unknown): boolean {
  return typeof Reflect.get(Object(body), Symbol.asyncIterator) === 'function'
}

/**
 * Options that both ends of the port must share.
 * @param arrived where files that come again are to be the objects they were
 */
export const portOptions = (arrived: ArrivedFiles | null = null) => ({
  customJsonSerializers: [
    {
      type: 20,
      condition: (value: unknown): boolean => value instanceof Blob,
      serialize: (value: Blob): unknown => new CarriedBlob(value),
      deserialize: (carried: unknown): unknown => restore(carried, arrived),
    },
  ],
  // Any list chooses structured cloning over serialized text; there are no buffers to move. The first
  // answer of a stream goes as text: only there the library marks it as a stream.
  experimental_transfer: ([, , payload]: readonly [unknown, unknown, unknown]): object[] | null =>
    isStream(Reflect.get(Object(payload), 'body')) ? null : [],
})

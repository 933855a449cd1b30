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

  constructor(blob: Blob) {
    this.blob = blob
    this.path = blob instanceof File ? droppedPath(blob) : null
  }
}

/** A File arrives under its path; browsers drop that part of it while cloning. */
function restore(carried: unknown): unknown {
  const blob: unknown = Reflect.get(Object(carried), 'blob')
  const path: unknown = Reflect.get(Object(carried), 'path')
  if (!(blob instanceof Blob)) throw new TypeError('a Blob did not survive the thread boundary')
  return typeof path === 'string' ? new File([blob], path, { type: blob.type }) : blob
}

function isStream(body: unknown): boolean {
  return typeof Reflect.get(Object(body), Symbol.asyncIterator) === 'function'
}

/** Options that both ends of the port must share. */
export const portOptions = {
  customJsonSerializers: [
    {
      type: 20,
      condition: (value: unknown): boolean => value instanceof Blob,
      serialize: (value: Blob): unknown => new CarriedBlob(value),
      deserialize: restore,
    },
  ],
  // Any list chooses structured cloning over serialized text; there are no buffers to move. The first
  // answer of a stream goes as text: only there the library marks it as a stream.
  experimental_transfer: ([, , payload]: readonly [unknown, unknown, unknown]): object[] | null =>
    isStream(Reflect.get(Object(payload), 'body')) ? null : [],
} as const

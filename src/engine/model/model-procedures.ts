import type { Procedures } from '../../protocol/procedures'
import type { ModelStore } from './model-store'

export function modelProcedures({ models }: { readonly models: ModelStore }): Procedures<'model'> {
  return {
    missing: ({ files, whole = false }, signal) => models.missing(files, whole, signal),
    open: ({ files, origin = null }, emit, signal) => models.open(files, origin, emit, signal),
    close: async (_, signal) => {
      await models.close(signal)
      return undefined
    },
    addTrained: async (trained) => {
      await models.addTrained(trained)
      return undefined
    },
  }
}

/** Locks of the browser, as several tabs of one process see them. */

interface Waiting {
  readonly mode: LockMode
  readonly start: () => void
}

interface Request {
  readonly mode?: LockMode
  readonly ifAvailable?: boolean
}

type Work = (lock: { readonly name: string } | null) => unknown

export function fakeLocks() {
  const held = new Map<string, LockMode[]>()
  const waiting = new Map<string, Waiting[]>()

  const isFree = (name: string, mode: LockMode): boolean => {
    const modes = held.get(name) ?? []
    return modes.length === 0 || (mode === 'shared' && modes.every((one) => one === 'shared'))
  }

  async function run(name: string, mode: LockMode, work: Work): Promise<unknown> {
    held.set(name, [...(held.get(name) ?? []), mode])
    try {
      return await work({ name })
    } finally {
      const [, ...others] = held.get(name) ?? []
      held.set(name, others)
      const [next, ...rest] = waiting.get(name) ?? []
      if (next !== undefined && isFree(name, next.mode)) {
        waiting.set(name, rest)
        next.start()
      }
    }
  }

  return {
    request: async (name: string, options: Request | Work, work?: Work): Promise<unknown> => {
      const wanted = typeof options === 'function' ? {} : options
      const doIt = typeof options === 'function' ? options : (work ?? (() => undefined))
      const mode = wanted.mode ?? 'exclusive'
      if (isFree(name, mode)) return run(name, mode, doIt)
      if (wanted.ifAvailable === true) return doIt(null)
      return new Promise((resolve, reject) => {
        const start = (): void => {
          run(name, mode, doIt).then(resolve, reject)
        }
        waiting.set(name, [...(waiting.get(name) ?? []), { mode, start }])
      })
    },
    query: () =>
      Promise.resolve({
        held: [...held].flatMap(([name, modes]) => modes.map((mode) => ({ name, mode }))),
      }),
  }
}

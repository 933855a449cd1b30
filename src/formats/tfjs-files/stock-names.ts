/** What stock TensorFlow.js accepts as the name of a variable. */
const accepted = /^[A-Za-z\d][-A-Za-z\d._/]*$/

/** A name as stock TensorFlow.js accepts it; most are left as they are. */
export function stockName(name: string): string {
  return accepted.test(name) ? name : apartName(name.replaceAll(' ', '_'))
}

/** The same, with `a b` and `a_b` still two names. */
export function apartName(name: string): string {
  const spelled = name.replaceAll(
    /[^-A-Za-z\d._/]/gu,
    (letter) => `u${(letter.codePointAt(0) ?? 0).toString(16)}`,
  )
  return accepted.test(spelled) ? spelled : `x${spelled}`
}

/** Layers under names that stock TensorFlow.js accepts, wherever the description of a model spells them. */
export function stockTopology(topology: object): object {
  const names = new Map<string, string>()
  collect(topology, names)
  return names.size === 0 ? topology : (renamed(topology, names) as object)
}

function collect(value: unknown, names: Map<string, string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, names)
  else if (typeof value === 'object' && value !== null) {
    const { name } = value as { readonly name?: unknown }
    if ('class_name' in value && typeof name === 'string' && stockName(name) !== name)
      names.set(name, stockName(name))
    for (const item of Object.values(value)) collect(item, names)
  }
}

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value
  if (Array.isArray(value)) return value.map((item) => renamed(item, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, names)]))
}

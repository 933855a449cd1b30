/** So many of all names share what is left out: a few that do not are shown as they are. */
const MOST = 0.8

/**
 * Names without the folders that nearly all of them share: converters put `StatefulPartitionedCall/model/` before every
 * layer. Each stays the only one of its name.
 * @returns the part that is left out, ending in `/`; empty where there is none
 */
export function sharedPrefix(names: readonly string[]): string {
  let prefix = ''
  for (;;) {
    const counts = new Map<string, number>()
    for (const name of names) {
      const end = name.startsWith(prefix) ? name.indexOf('/', prefix.length) : -1
      if (end < 0) continue
      const longer = name.slice(0, end + 1)
      counts.set(longer, (counts.get(longer) ?? 0) + 1)
    }
    const [longest] = [...counts].toSorted((one, other) => other[1] - one[1])
    if (longest === undefined || longest[1] < 2 || longest[1] < MOST * names.length) break
    ;[prefix] = longest
  }
  const shown = names.map((name) => withoutPrefix(name, prefix))
  return new Set(shown).size === new Set(names).size ? prefix : ''
}

export function withoutPrefix(name: string, prefix: string): string {
  return prefix !== '' && name.startsWith(prefix) && name.length > prefix.length
    ? name.slice(prefix.length)
    : name
}

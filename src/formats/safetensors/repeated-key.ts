const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The first name that an object of JSON gives twice, which parsers read otherwise, each in its way.
 * @param text an object, known to be JSON
 */
export function repeatedKey(text: string): string | null {
  const seen = new Set<string>()
  let depth = 0
  // In the outermost object, before a colon.
  let isKey = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = stringEnd(text, at)
        if (isKey) {
          const key: unknown = JSON.parse(text.slice(at, end + 1))
          if (seen.has(String(key))) return String(key)
          seen.add(String(key))
          isKey = false
        }
        at = end
        break
      }
      case 0x7b:
      case 0x5b:
        isKey = ++depth === 1
        break
      case 0x7d:
      case 0x5d:
        depth--
        break
      case 0x2c:
        isKey = depth === 1
    }
  }
  return null
}

function stringEnd(text: string, start: number): number {
  let end = start + 1
  while (text.charCodeAt(end) !== QUOTE) end += text.charCodeAt(end) === BACKSLASH ? 2 : 1
  return end
}

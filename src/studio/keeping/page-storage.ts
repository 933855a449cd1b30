type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** What a page remembers where the browser forbids storage: for as long as it is open. */
function inMemory(): PageStorage {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value)
    },
    removeItem: (key) => {
      values.delete(key)
    },
  }
}

/**
 * The site's own storage, or the page's memory: a browser that blocks the data of sites throws at the very name.
 * @param find the storage of the browser
 */
export function storageOr(find: () => PageStorage): PageStorage {
  try {
    return find()
  } catch {
    return inMemory()
  }
}

export const pageStorage = storageOr(() => localStorage)

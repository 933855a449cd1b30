import type { Page } from '@playwright/test'

/** Whether the page's default store of keys and values has an entry that begins so, as a later visit would find it. */
export function isStored(page: Page, prefix: string): Promise<boolean> {
  return page.evaluate(
    (wanted) =>
      new Promise<boolean>((resolve, reject) => {
        const opening = indexedDB.open('keyval-store')
        const fail = (): void => {
          reject(opening.error ?? new Error('the store does not open'))
        }
        opening.onerror = fail
        opening.onsuccess = () => {
          const counting = opening.result
            .transaction('keyval', 'readonly')
            .objectStore('keyval')
            .count(IDBKeyRange.bound(wanted, `${wanted}\uffff`))
          counting.onerror = fail
          counting.onsuccess = () => {
            opening.result.close()
            resolve(counting.result > 0)
          }
        }
      }),
    prefix,
  )
}

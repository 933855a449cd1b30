import type { Page } from '@playwright/test'

export interface KeptSession {
  readonly teacher: unknown
  readonly lesson?: { readonly step: string } | null
  readonly open: {
    readonly place: { readonly data: { readonly kind: string; readonly files?: unknown } | null }
    readonly wholes: readonly unknown[]
  }
}

/** What the browser holds of what this tab has open, as a reload would find it. */
export function keptSession(page: Page): Promise<KeptSession | null> {
  return page.evaluate(
    () =>
      new Promise<KeptSession | null>((resolve, reject) => {
        const mark = JSON.parse(sessionStorage.getItem('compression-studio.tab') ?? 'null') as {
          id: string
        } | null
        const opening = indexedDB.open('keyval-store')
        opening.onerror = () => {
          reject(new Error('no database'))
        }
        opening.onsuccess = () => {
          const getting = opening.result
            .transaction('keyval')
            .objectStore('keyval')
            .get(`compression-studio.sessions/${mark?.id ?? ''}`)
          getting.onsuccess = () => {
            opening.result.close()
            resolve((getting.result as KeptSession | undefined) ?? null)
          }
        }
      }),
  )
}

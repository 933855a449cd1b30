import type { Page } from '@playwright/test'

/** To be called before a page is visited. */
export async function recordShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Reflect.set(globalThis, 'shifts', 0)
    const sum = (): number => Number(Reflect.get(globalThis, 'shifts'))
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        Reflect.set(globalThis, 'shifts', sum() + Number(Reflect.get(entry, 'value')))
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** How far what is seen has moved, as browsers sum it up. */
export async function shiftsSoFar(page: Page): Promise<number> {
  return page.evaluate(() => Number(Reflect.get(globalThis, 'shifts')))
}

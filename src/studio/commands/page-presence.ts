/** Whether the page may work by itself. */
export interface Presence {
  /** Somebody looks at the page, and the device does not spare its battery, as far as the browser tells. */
  readonly isThere: () => boolean
  /** @param look called whenever that may have changed */
  readonly watch: (look: () => void) => void
}

/** What some browsers tell of the battery, https://www.w3.org/TR/battery-status/. */
interface Battery extends EventTarget {
  readonly charging: boolean
}

type Asked = Navigator & {
  readonly getBattery?: () => Promise<Battery>
  readonly connection?: { readonly saveData?: boolean }
}

export function pagePresence(page: Document, browser: Asked): Presence {
  let onBattery = false
  const watchers = new Set<() => void>()
  const tell = (): void => {
    for (const look of watchers) look()
  }
  page.addEventListener('visibilitychange', tell)
  void browser.getBattery?.().then(
    (battery) => {
      const look = (): void => {
        onBattery = !battery.charging
        tell()
      }
      battery.addEventListener('chargingchange', look)
      look()
    },
    // Where it is forbidden to know, nothing is known.
    () => undefined,
  )
  return {
    isThere: () =>
      page.visibilityState === 'visible' && !onBattery && browser.connection?.saveData !== true,
    watch: (look) => {
      watchers.add(look)
    },
  }
}

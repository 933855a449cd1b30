import type { Locator, Page } from '@playwright/test'

/** What a finger needs, in CSS pixels. */
const SIDE = 44

/**
 * Controls that cannot be hit within a square of 44 px around their middle: what lies there is asked of the
 * page itself, so that a label, or room that is not drawn, counts. All are asked in one go in which the page
 * cannot change, once it stands still.
 * @param part of the page
 */
export async function smallTargets(
  page: Page,
  part: Locator = page.locator('body'),
): Promise<string[]> {
  // What stays in view while one scrolls would lie over others.
  await page.addStyleTag({
    content: 'header, [class*="_download_"] { position: static !important }',
  })
  await standsStill(page)
  const controls = part.locator('button, a[href], input, select, textarea, [role=slider]')
  const found = await controls.evaluateAll((elements, side) => {
    const small: string[] = []
    const reach = side / 2 - 1
    for (const element of elements) {
      const isInput = element instanceof HTMLInputElement
      // The two lines of the threshold lie over each other where it is small, and move together.
      if (element instanceof SVGElement || element.closest('[aria-hidden=true]') !== null) continue
      if (element.matches(':disabled, [type=hidden]')) continue
      if (!element.checkVisibility({ visibilityProperty: true })) continue
      element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
      const labels: Element[] = isInput ? [...(element.labels ?? [])] : []
      const own = [element, element.closest('.mantine-Slider-root'), ...labels]
      const [box] = [element, ...labels]
        .map((one) => one.getBoundingClientRect())
        .sort((one, other) => other.width * other.height - one.width * one.height)
      if (box === undefined || box.width === 0) continue
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      for (const [across, down] of [
        [0, -reach],
        [0, reach],
        [-reach, 0],
        [reach, 0],
      ] as const) {
        // Beyond the edge of the screen there is nothing to hit.
        if (x + across < 0 || x + across > innerWidth) continue
        const there = document.elementFromPoint(x + across, y + down)
        if (own.some((one) => one?.contains(there) === true)) continue
        const name = element.getAttribute('aria-label') ?? element.textContent
        const lies = `${there?.tagName ?? 'nothing'} ${there?.textContent.slice(0, 30) ?? ''}`
        small.push(
          `${element.tagName} ${name} ${box.width} x ${box.height} (${across}, ${down}): ${lies}`,
        )
      }
    }
    return small
  }, SIDE)
  return [...new Set(found)]
}

/** Folds have opened and nothing else moves, spinners aside. */
export async function standsStill(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const moving = document.getAnimations().filter((animation) => {
      const { endTime } = animation.effect?.getComputedTiming() ?? {}
      return animation.playState === 'running' && endTime !== Infinity
    })
    const height = document.documentElement.scrollHeight
    const before: unknown = Reflect.get(globalThis, 'heightBefore')
    Reflect.set(globalThis, 'heightBefore', height)
    return moving.length === 0 && before === height
  })
}

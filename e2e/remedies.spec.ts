import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test.use({ triesRemedies: true })

test(
  'what helps is found while nothing else goes on, and a remedy does what it promised',
  { tag: '@long' },
  async ({ page }) => {
    const studio = await Studio.withSample(page, 'LeNet-300-100')
    await studio.switchOn('Quantize')
    await studio.set('Bits', 2)
    await studio.settled()
    const lost = await pointsOf(studio)
    expect(lost).toBeLessThan(-0.5)
    await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
    const reasons = page.getByRole('group', { name: 'Why accuracy fell' })
    // Nobody presses anything: the gains come by themselves.
    const head = reasons.getByRole('button', { name: /^Why it fell .* at best$/ })
    await expect(head).toBeVisible({ timeout: 60_000 })
    await head.click()
    await expect(reasons.getByText('not measured yet')).toHaveCount(0, { timeout: 60_000 })
    const best = reasons
      .getByRole('listitem')
      .filter({ hasText: / points · / })
      .first()
    const promised = Number(/\+([\d.]+) points/.exec((await best.textContent()) ?? '')?.[1])
    expect(promised).toBeGreaterThan(0)
    await best.getByRole('button', { name: 'Use' }).click()
    await expect.poll(() => pointsOf(studio)).toBeCloseTo(lost + promised, 2)
    await studio.settled()
    expect(await pointsOf(studio)).toBeCloseTo(lost + promised, 2)
  },
)

/** What the settings in use lose, in points, as the strip above says. */
async function pointsOf({ result }: Studio): Promise<number> {
  const text = (await result.textContent()) ?? ''
  return Number(/([−+]?[\d.]+) points/.exec(text)?.[1]?.replace('−', '-'))
}

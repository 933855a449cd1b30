import type { Locator } from '@playwright/test'
import { accessibilityFaults } from './support/axe.ts'
import { keptSession } from './support/kept-session.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { smallTargets } from './support/touch-targets.ts'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'zh-CN' })

test(
  'the lesson at a phone’s width in Chinese: formulas, what is measured, a run, a reload, the end',
  { tag: '@long' },
  async ({ page }) => {
    test.setTimeout(240_000)
    const studio = new Studio(page)
    await studio.visit('?backend=wasm')
    await page.getByRole('button', { name: '十分钟课程' }).tap()
    const lesson = page.getByRole('region', { name: '课程' })
    const next = lesson.getByRole('button', { name: /^(?:下一步|跳过这一步)$/ })
    await expect(lesson.getByRole('heading', { name: '一层里有什么' })).toBeFocused({
      timeout: 60_000,
    })
    await expect(lesson).toContainText('dense1 有 235,200 个权重')
    await next.tap()

    // A weight in the formula of linear quantization, by the bits that the slider of the card has as well.
    await expect(lesson.getByRole('heading', { name: '线性量化' })).toBeFocused()
    await lesson.getByRole('button', { name: '试一试：线性量化' }).tap()
    const formula = lesson.getByText(/^y = floor\(x \/ q\)/)
    await expect(formula).toBeVisible()
    const [, x, q, y] =
      /floor\((−?[\d.]+) \/ ([\d.]+)\) = (−?\d+)/.exec((await formula.textContent()) ?? '') ?? []
    expect(Math.floor(figure(x) / figure(q))).toBe(figure(y))
    await expect(page.getByRole('textbox', { name: '位数数值', exact: true })).toHaveValue('3')
    const linear = await score(lesson, '线性量化')
    expect(await accessibilityFaults(page), 'lesson').toEqual([])
    expect(await smallTargets(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await next.tap()

    await lesson.getByRole('button', { name: '试一试：均值量化' }).tap()
    await score(lesson, '均值量化')
    const error = async (name: string): Promise<number> => {
      const header = page.getByRole('rowheader', { name, exact: true })
      const row = lesson.getByRole('row').filter({ has: header })
      return figure(await row.getByRole('cell').last().textContent())
    }
    expect(await error('均值')).toBeLessThan(await error('线性'))
    await next.tap()

    // s, k and t; as many weights at random cost far more.
    await lesson.getByRole('button', { name: '试一试：按阈值剪枝' }).tap()
    const pruned = await score(lesson, '按阈值剪枝')
    await expect(lesson.getByText(/^s = Σ\|w\| = [\d,.]+$/)).toBeVisible()
    await expect(lesson.getByText(/^k = .* = [\d,]+，共 235,200 个$/)).toBeVisible()
    await next.tap()
    await lesson.getByRole('button', { name: '试一试：随机去除同样多' }).tap()
    expect(await score(lesson, '随机去除同样多')).toBeLessThan(pruned - 20)
    await next.tap()
    await expect(lesson.getByRole('heading', { name: '整个卷积核和神经元' })).toBeFocused()
    await next.tap()

    await lesson.getByRole('button', { name: '训练一轮' }).tap()
    const tuned = await score(lesson, '微调后')
    expect(tuned).toBeGreaterThan(await score(lesson, '剪枝并量化'))
    await next.tap()
    await expect.poll(async () => (await keptSession(page))?.lesson?.step).toBe('distil')
    await page.reload()
    await expect(lesson.getByRole('heading', { name: '知识蒸馏：教师与学生' })).toBeVisible({
      timeout: 60_000,
    })
    expect(await score(lesson, '微调后')).toBe(tuned)
    for (const title of ['三者结合', '数据蒸馏与多设备训练：这里没有', '您测量到的']) {
      await next.tap()
      await expect(lesson.getByRole('heading', { name: title })).toBeFocused()
    }
    expect(await score(lesson, '线性量化')).toBe(linear)

    await lesson.getByRole('button', { name: '结束课程' }).last().tap()
    await lesson.getByRole('button', { name: '恢复我原来的设置' }).tap()
    await expect(lesson).toHaveCount(0)
    await expect(page.getByRole('switch', { name: '参数量化', exact: true })).not.toBeChecked()
  },
)

function figure(text: string | null | undefined): number {
  return Number((text ?? '').replace('\u2212', '-').replaceAll(',', ''))
}

/** What the page has measured of the settings of a row, in per cent. */
async function score(lesson: Locator, name: string): Promise<number> {
  const header = lesson.page().getByRole('rowheader', { name: new RegExp(`^${name}`) })
  const row = lesson.getByRole('row').filter({ has: header }).filter({ hasText: '%' })
  const cell = row.getByRole('cell').last()
  await expect(cell).toHaveText(/→ [\d.]+.%$/, { timeout: 90_000 })
  return Number(/→ ([\d.]+)/.exec((await cell.textContent()) ?? '')?.[1])
}

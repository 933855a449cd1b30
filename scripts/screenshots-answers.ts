/**
 * Pictures of what answers a wish: the search for the smallest file, the table of layers, why accuracy fell, candidates
 * side by side, and the lesson. Called by scripts/screenshots.ts, with a sample open.
 */
import type { Page } from '@playwright/test'
import chartsEn from '../src/studio/i18n/en/charts.json' with { type: 'json' }
import compareEn from '../src/studio/i18n/en/compare.json' with { type: 'json' }
import lessonEn from '../src/studio/i18n/en/lesson.json' with { type: 'json' }
import pageEn from '../src/studio/i18n/en/page.json' with { type: 'json' }
import smallEn from '../src/studio/i18n/en/small.json' with { type: 'json' }
import chartsZh from '../src/studio/i18n/zh-CN/charts.json' with { type: 'json' }
import compareZh from '../src/studio/i18n/zh-CN/compare.json' with { type: 'json' }
import lessonZh from '../src/studio/i18n/zh-CN/lesson.json' with { type: 'json' }
import pageZh from '../src/studio/i18n/zh-CN/page.json' with { type: 'json' }
import smallZh from '../src/studio/i18n/zh-CN/small.json' with { type: 'json' }

const texts = {
  en: { charts: chartsEn, compare: compareEn, lesson: lessonEn, page: pageEn, small: smallEn },
  'zh-CN': { charts: chartsZh, compare: compareZh, lesson: lessonZh, page: pageZh, small: smallZh },
} as const

interface Tools {
  readonly language: keyof typeof texts
  readonly save: (name: string) => Promise<void>
  readonly settled: () => Promise<void>
  /** Goes to a tab of the charts. */
  readonly tab: (name: string) => Promise<void>
  readonly setBits: (to: 'least' | 'most') => Promise<void>
}

const LONG = { timeout: 300_000 }

export async function answers(page: Page, tools: Tools): Promise<void> {
  const { language, save, setBits, settled, tab } = tools
  const { charts, compare, lesson, page: words, small } = texts[language]
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })

  const card = page.getByRole('region', { name: small.title })
  await card.scrollIntoViewIfNeeded()
  await button(small.go).click()
  await card.getByText(small.bestSoFar).waitFor(LONG)
  await save('make-small-going')
  await button(small.winBack).waitFor(LONG)
  await settled()
  await save('make-small')
  await button(small.map.title).click()
  await page.getByRole('gridcell').first().waitFor(LONG)
  await card.getByRole('grid').scrollIntoViewIfNeeded()
  await save('layers')
  await button(small.map.title).click()
  await button(small.winBack).click()
  await card.getByText(small.training.round.split('{')[0] ?? '').waitFor(LONG)
  await page.waitForTimeout(8_000)
  await card.scrollIntoViewIfNeeded()
  await save('win-back')
  await button(small.stop).click()

  await tab(charts.tabs.accuracy)
  await button(charts.pin.pinCurrent).click()
  await setBits('least')
  await settled()
  await tab(charts.tabs.accuracy)
  const why = page.getByRole('group', { name: charts.drop.label })
  await why.getByRole('button').first().click()
  await page.waitForTimeout(30_000)
  await why.scrollIntoViewIfNeeded()
  await save('why')
  await button(charts.pin.pinCurrent).click()
  await tab(charts.tabs.candidates)
  await page.getByRole('table', { name: compare.candidates.title }).waitFor()
  await page.waitForTimeout(15_000)
  await save('candidates')

  await setBits('most')
  await page.getByRole('button', { name: /^(?:File:|文件)/ }).click()
  await page.getByRole('menuitem', { name: words.lesson }).click()
  const panel = page.getByRole('region', { name: lesson.title })
  await panel
    .getByRole('button', { name: lesson.skip })
    .or(panel.getByRole('button', { name: lesson.next }))
    .click()
  await page.waitForTimeout(3_000)
  await panel.scrollIntoViewIfNeeded()
  await save('lesson')
  await panel.getByRole('button', { name: lesson.close, exact: true }).first().click()
}

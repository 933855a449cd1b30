/**
 * Pictures of the page in each of its states, in both languages, for the documents; from the built studio.
 * English is shown on a desk in daylight and Chinese on a phone in the dark, and the first states the other
 * way round as well.
 * Run: `npm run build && npx tsx scripts/screenshots.ts`; with `zh-CN-dark-390` only those of that look.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { chromium } from '@playwright/test'
import type { Page } from '@playwright/test'
import { answers } from './screenshots-answers.ts'
import { findBrowser } from './find-browser.ts'
import { ownFiles } from './screenshots-own-files.ts'
import { serveFolder } from './static-server.ts'

const folder = 'docs/screenshots'
const executablePath = findBrowser()
if (executablePath === null) throw new Error('No browser: npm run browser')

interface Look {
  readonly language: 'en' | 'zh-CN'
  readonly colorScheme: 'light' | 'dark'
  readonly width: 1440 | 768 | 390
  /** Not only the first states. */
  readonly all: boolean
}

const looks: readonly Look[] = [
  { language: 'en', colorScheme: 'light', width: 1440, all: true },
  { language: 'zh-CN', colorScheme: 'dark', width: 390, all: true },
  { language: 'zh-CN', colorScheme: 'light', width: 1440, all: false },
  { language: 'en', colorScheme: 'dark', width: 390, all: false },
  { language: 'en', colorScheme: 'dark', width: 768, all: false },
]

/** What is pressed, as the page calls it. */
const words = {
  en: {
    prune: 'Prune',
    quantize: 'Quantize',
    sparsity: 'Sparsity',
    bits: 'Bits',
    download: /^Download [\d.]/,
    downloaded: 'Finished download',
    close: 'Close the report',
    measuring: 'Measuring',
    tour: /^Show me around/,
    skip: 'Skip the tour',
    tabs: { sparsity: 'Sparsity', weights: 'Weights', accuracy: 'Accuracy vs size' },
    predictions: 'Predictions',
    images: 'Images',
    sweep: 'Sweep bits',
    recover: 'Recover accuracy',
    pause: 'Pause',
    epoch: /^Epoch [23] of/,
    cancel: 'Cancel',
    file: /^File:/,
  },
  'zh-CN': {
    prune: '剪枝',
    quantize: '参数量化',
    sparsity: '稀疏度',
    bits: '位数',
    download: /^下载 [\d.]/,
    downloaded: '下载完成',
    close: '关闭报告',
    measuring: '正在测量',
    tour: /^带我看看/,
    skip: '跳过导览',
    tabs: { sparsity: '稀疏度', weights: '权重', accuracy: '准确率与大小' },
    predictions: '预测',
    images: '图像',
    sweep: '扫描位数',
    recover: '恢复准确率',
    pause: '暂停',
    epoch: /^第 [23] 轮/,
    cancel: '取消',
    file: /^文件/,
  },
} as const

mkdirSync(folder, { recursive: true })
const nameOf = ({ colorScheme, language, width }: Look): string =>
  `${language}-${colorScheme}-${width}`
const wanted = looks.filter((look) => [nameOf(look), undefined].includes(process.argv[2]))
for (const file of readdirSync(folder))
  if (wanted.some((look) => file.endsWith(`-${nameOf(look)}.png`))) rmSync(`${folder}/${file}`)
const server = await serveFolder({ folder: 'dist', port: 0 })
const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
for (const look of wanted) await pictures(look)
await browser.close()
await server.close()

async function pictures(look: Look): Promise<void> {
  const { all, colorScheme, language, width } = look
  const say = words[language]
  const height = width === 390 ? 844 : 900
  const isPhone = width === 390
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale: language,
    hasTouch: isPhone,
    isMobile: isPhone,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(120_000)
  const save = async (name: string): Promise<void> => {
    await page.mouse.move(0, 0)
    await page.screenshot({ path: `${folder}/${name}-${nameOf(look)}.png` })
  }
  const top = (): Promise<void> =>
    page.evaluate(() => {
      scrollTo(0, 0)
    })
  /** On a phone the charts lie below what is offered first, and the figures stay above them. */
  const charts = async (): Promise<void> => {
    await top()
    if (!isPhone) return
    const [header, tabs] = [page.getByRole('banner'), page.getByRole('tablist').first()]
    const [above, box] = [await header.boundingBox(), await tabs.boundingBox()]
    const by = (box?.y ?? 0) - (above?.height ?? 0) - 8
    await page.evaluate((distance) => {
      scrollBy(0, distance)
    }, by)
    await page.waitForTimeout(500)
  }
  const settled = async (): Promise<void> => {
    await page.getByRole('button', { name: say.download }).waitFor()
    await page
      .getByText(/n\s=\s5,000/)
      .first()
      .waitFor()
    await page.getByRole('img', { name: say.measuring }).waitFor({ state: 'detached' })
  }
  const press = async (slider: string, key: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i++)
      await page.getByRole('slider', { name: slider, exact: true }).press(key)
  }

  await page.goto(`${server.url}?backend=wasm`)
  const tour = page.getByRole('button', { name: say.tour })
  await tour.waitFor()
  await page.waitForLoadState('networkidle')
  if (!isPhone) await page.getByRole('button', { name: /WebAssembly/ }).waitFor()
  await save('first')

  await tour.click()
  const skip = page.getByRole('button', { name: say.skip })
  await skip.waitFor()
  await settled()
  await save('tour')
  await skip.click()

  for (const step of [say.prune, say.quantize])
    await page.getByRole('switch', { name: step, exact: true }).press('Space')
  await press(say.sparsity, 'Shift+ArrowRight', 3)
  await press(say.bits, 'ArrowLeft', 3)
  await settled()
  await top()
  await save('studio')
  if (all) await otherStates(page, { charts, language, say, save, settled, top })
  const visit = async (): Promise<void> => {
    await page.goto('about:blank')
    await page.goto(`${server.url}?backend=wasm`)
    await page.getByRole('button', { name: say.tour }).waitFor()
  }
  if (width !== 768) await ownFiles(page, { save, visit })
  await context.close()
}

interface Tools {
  readonly charts: () => Promise<void>
  readonly language: Look['language']
  readonly say: (typeof words)[keyof typeof words]
  readonly save: (name: string) => Promise<void>
  readonly settled: () => Promise<void>
  readonly top: () => Promise<void>
}

async function otherStates(
  page: Page,
  { charts, language, say, save, settled, top }: Tools,
): Promise<void> {
  const tab = (name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click()
  await tab(say.tabs.sparsity)
  await charts()
  await save('sparsity')
  await tab(say.tabs.weights)
  await page.locator('.recharts-area-area').first().waitFor()
  await charts()
  await save('weights')
  await page.getByText(say.images, { exact: true }).click()
  await page.locator('canvas[role=img]').waitFor()
  await page
    .locator('select')
    .filter({ hasText: 'conv2/kernel' })
    .first()
    .selectOption('conv2/kernel')
  await page.waitForTimeout(1_000)
  await charts()
  await save('images')

  await tab(say.tabs.accuracy)
  await page.getByRole('button', { name: say.sweep, exact: true }).click()
  await page.getByRole('progressbar').first().waitFor()
  await page.waitForTimeout(5_000)
  await charts()
  await save('sweep')
  await page.getByRole('button', { name: say.cancel, exact: true }).click()

  await tab(say.predictions)
  await page.getByRole('listitem').first().waitFor()
  await page.waitForTimeout(3_000)
  await charts()
  await save('predictions')

  await page.getByRole('button', { name: say.file }).click()
  await page.getByRole('menu').waitFor()
  await page.waitForTimeout(500)
  await save('menu')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await page.waitForTimeout(500)
  await save('dialog')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: say.download }).click()
  await page.getByRole('group', { name: say.downloaded }).waitFor()
  await save('downloaded')
  await page.getByRole('button', { name: say.close }).click()

  await page.getByRole('button', { name: say.recover }).click()
  await page.getByRole('button', { name: say.pause }).waitFor()
  // Until there is a curve, however quick the machine is.
  await page.getByText(say.epoch).first().waitFor({ timeout: 600_000 })
  await charts()
  await save('training')
  await page.getByRole('button', { name: say.cancel, exact: true }).click()
  await page.getByRole('button', { name: say.pause }).waitFor({ state: 'detached' })
  await settled()

  await answers(page, {
    ...{ language, save, settled, tab },
    setBits: async (to) => {
      const quantize = page.getByRole('switch', { name: say.quantize, exact: true })
      if (!(await quantize.isChecked())) await quantize.press('Space')
      await page
        .getByRole('slider', { name: say.bits, exact: true })
        .press(to === 'least' ? 'Home' : 'End')
    },
  })

  await page.evaluate(() => {
    location.hash = '#sample=lenet-5&settings=broken'
  })
  await page.getByRole('alert').waitFor()
  await top()
  await save('error')
}

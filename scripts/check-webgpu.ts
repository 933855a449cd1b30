/**
 * Compares operators of ONNX on WebGPU with what the ONNX project's own tests say, on the software adapter of a browser: two of the
 * packed cases of each operator. No test does: its shaders take minutes to be made.
 * Run: `npm run check:webgpu`.
 */
import { chromium } from '@playwright/test'
import { build } from 'vite'
import type { SentCase } from '../testing/browser/on-webgpu'
import { nodeCases } from '../testing/files/onnx-node-cases'
import { findTestBrowser } from './find-browser'

/** As a share of the largest value of an output: sums are added in another order there. */
const TOLERANCE = 1e-4
/** WebGPU allows sines and cosines an error of 2^-11 (W3C, WebGPU Shading Language, accuracy of expressions). */
const ANGLES = 2 ** -11
const EACH = 2
/** Names of cases begin with that of their operator, and one word behind it says which form of it. */
const family = (name: string): string => name.split('_').slice(1, 3).join('_')

async function bundled(): Promise<string> {
  const made = await build({
    ...{ configFile: false, logLevel: 'error' },
    build: {
      ...{ write: false, minify: false, target: 'esnext' },
      lib: { entry: 'testing/browser/on-webgpu.ts', formats: ['es'], fileName: 'page' },
    },
  })
  const [first] = [made].flat()
  if (first === undefined || !('output' in first)) throw new Error('nothing was built')
  return first.output.flatMap((one) => (one.type === 'chunk' ? [one.code] : [])).join('\n')
}

const chosen = new Map<string, number>()
const cases: SentCase[] = []
for (const [name, { model, numbers }] of await nodeCases()) {
  const [file] = model
  const count = chosen.get(family(name)) ?? 0
  if (file === undefined || count === EACH || name.endsWith('_expanded')) continue
  chosen.set(family(name), count + 1)
  const bytes = await file.read(0, file.size)
  cases.push({
    ...{ name, model: [...bytes] },
    ...{ inputs: await numbers('input'), outputs: await numbers('output') },
  })
}

const executablePath = findTestBrowser()
const browser = await chromium.launch({
  ...(executablePath === null ? {} : { executablePath }),
  args: [
    ...['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    '--enable-features=Vulkan',
  ],
})
let [passed, failed] = [0, 0]
const operators = new Set<string>()
try {
  const page = await browser.newPage()
  const code = await bundled()
  await page.route('http://localhost/**', (route) =>
    route.fulfill(
      route.request().url().endsWith('.js')
        ? { contentType: 'text/javascript', body: code }
        : { contentType: 'text/html', body: '<script type="module" src="/page.js"></script>' },
    ),
  )
  await page.goto('http://localhost/')
  await page.waitForFunction(() => window.compareOnWebGpu !== undefined)
  for (const one of cases) {
    const [found] = await page.evaluate((sent) => window.compareOnWebGpu?.([sent]) ?? [], one)
    if (found === undefined) throw new Error(`nothing came back of ${one.name}`)
    operators.add(found.operator)
    const isOfAngles = found.operator === 'Sin' || found.operator === 'Cos'
    if (found.apart <= (isOfAngles ? ANGLES : TOLERANCE)) passed++
    else {
      failed++
      console.log(`${one.name}: ${found.stopped ?? found.apart.toExponential(1)}`)
    }
  }
} finally {
  await browser.close()
}
console.log(`${passed} passed, ${failed} apart, of ${operators.size} operators`)
process.exitCode = failed > 0 ? 1 : 0

/**
 * VGG16 (138 million weights, 553 MB) and ResNet-50 as .h5 and .keras files, and VGG16 as .onnx in one file and in two, with
 * random weights, on the built page in a browser: opened once and cancelled midway, opened, pruned to half and quantized to
 * 8 bits under the slider, saved; the smaller ones saved once more as they were, and again with all that is measured; and
 * files of Keras, on a page of their own, pruned to 60 % alone and saved, or with `--as-keras` pruned, quantized and saved as
 * the kind of file that they came in. Python compares the downloads with what was written. The most memory that the browser
 * takes, the time of each step and the longest time that the page stood still, appended to docs/big-files.md.
 * Run: `npm run bench:big-files`, or with the names that are wanted: `npm run bench:big-files -- vgg16.h5`, after
 * `npm run build`; `--pruned-alone` and `--as-keras` leave out all but that. Needs Linux; `PYTHON` says which Python has Keras
 * and h5py, or onnx, and `BIG_FILES` where the files are or go.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Page } from '@playwright/test'
import { Studio } from '../e2e/support/studio.ts'
import { Drop } from '../src/files/drop.ts'
import { missingFiles } from '../src/formats/importers.ts'
import { droppedFile } from '../src/protocol/dropped-file.ts'
import { dropOnPage } from '../testing/browser/drop.ts'
import { openStudio } from './browser.ts'
import { BrowserMemory } from './browser-memory.ts'
import { emit, round } from './emit.ts'

const all = [
  ...['resnet50.h5', 'resnet50.keras', 'vgg16.h5', 'vgg16.keras'],
  ...['vgg16.onnx', 'vgg16-outside.onnx'],
]
const PATIENCE_MS = 30 * 60_000
const MOST_SAVED_WHOLE = 2 ** 28
const page = new URL('../docs/big-files.md', import.meta.url)
const folder = process.env['BIG_FILES'] ?? '.cache/big-files'
const python = process.env['PYTHON'] ?? 'python3'

interface Phase {
  readonly name: string
  readonly seconds: number
  /** 10^6 bytes over the page without a model, less those of the weights: of all processes, and of the page's own. */
  readonly overMB: number
  readonly overPageMB: number
  /** The longest time in which the page's thread did nothing else. */
  readonly stillMs: number
}

/** What a script says of the file that it wrote. */
interface Facts {
  readonly parameters: number
}

/** Phases of one session with a file. */
class Watch {
  readonly phases: Phase[] = []
  private readonly memory: BrowserMemory
  private before = { all: 0, page: 0 }

  constructor(
    private readonly page: Page,
    profile: string,
    private readonly weightBytes: number,
  ) {
    this.memory = new BrowserMemory(profile)
  }

  /** What the browser holds with no model is where counting begins. */
  async begin(): Promise<void> {
    await this.page.evaluate(watchStill)
    this.memory.take()
    await this.page.waitForTimeout(1000)
    this.before = this.memory.take()
    await this.page.evaluate(takeStill)
  }

  async phase(name: string, work: () => Promise<unknown>): Promise<void> {
    const began = performance.now()
    await work()
    const seconds = round((performance.now() - began) / 1000)
    const most = this.memory.take()
    const over = (now: number, then: number): number =>
      Math.round((now - then - this.weightBytes) / 1e6)
    const phase = {
      ...{ name, seconds },
      overMB: over(most.all, this.before.all),
      overPageMB: over(most.page, this.before.page),
      stillMs: Math.round(await this.page.evaluate(takeStill)),
    }
    emit(name, { ...phase })
    this.phases.push(phase)
  }

  stop(): void {
    this.memory.stop()
  }
}

/** Runs in the page: a timer that is late tells of a thread that was busy. */
function watchStill(): void {
  const still = { last: performance.now(), longest: 0 }
  setInterval(() => {
    const now = performance.now()
    still.longest = Math.max(still.longest, now - still.last)
    still.last = now
  }, 20)
  Reflect.set(globalThis, 'still', still)
}

/** Runs in the page. @returns the longest time since the last call */
function takeStill(): number {
  const still = Reflect.get(globalThis, 'still') as { longest: number }
  const { longest } = still
  still.longest = 0
  return longest
}

/** What is done with a file on a page of its own. @returns what Python says of the downloads */
type Work = (file: string, studio: Studio, watch: Watch) => Promise<string[]>

async function session(file: string, work: Work): Promise<string[]> {
  const facts = JSON.parse(readFileSync(factsOf(file), 'utf8')) as Facts
  const profile = mkdtempSync(join(tmpdir(), 'big-files-'))
  const { page, url, close } = await openStudio([], profile)
  page.setDefaultTimeout(PATIENCE_MS)
  const watch = new Watch(page, profile, 4 * facts.parameters)
  try {
    await page.goto(`${url}?backend=wasm`)
    const studio = new Studio(page)
    // A busy machine takes longer than `studio.started()` waits.
    await page.locator('#styles-in-page').waitFor({ state: 'detached' })
    await watch.begin()
    const checked = await work(file, studio, watch)
    return [...watch.phases.map(lineOf), ...checked]
  } catch (error) {
    await page.screenshot({ path: join(tmpdir(), 'big-files.png') }).catch(() => undefined)
    throw error
  } finally {
    watch.stop()
    await close()
    rmSync(profile, { recursive: true, force: true })
  }
}

const underTheSlider: Work = async (file, studio, watch) => {
  const { page } = studio
  await watch.phase('opened and cancelled midway', () => openAndCancel(studio, pathsOf(file)))
  await open(file, studio, watch)
  await compress(page, studio, watch)
  const small = await saved(studio, watch, 'saved')
  const checked = [check(small, file, 'compressed')]
  const patient = await saved(studio, watch, 'saved with all that is measured', 'stays')
  checked.push(check(patient, file, 'compressed'))
  const facts = JSON.parse(readFileSync(factsOf(file), 'utf8')) as Facts
  // A second download of half a gigabyte that does not get smaller takes a quarter of an hour and shows no more.
  if (4 * facts.parameters < MOST_SAVED_WHOLE) {
    for (const name of ['Prune', 'Quantize'])
      await page.getByRole('switch', { name, exact: true }).press('Space')
    const whole = await saved(studio, watch, 'saved as it was')
    checked.push(check(whole, file, 'same'))
    const measured = await saved(studio, watch, 'saved as it was, measured', 'stays')
    checked.push(check(measured, file, 'same'))
  }
  return checked
}

/** What is left are weights of four bytes: the largest download of those that people want. */
const prunedAlone: Work = async (file, studio, watch) => {
  await open(file, studio, watch)
  await watch.phase('pruned alone, exact size', async () => {
    await studio.switchOn('Prune')
    await studio.set('Sparsity', 60)
    await settled(studio)
  })
  return [check(await saved(studio, watch, 'pruned alone, saved'), file, 'compressed')]
}

const formats = { keras: 'Keras, .keras', h5: 'Keras, .h5' } as const

/** The file itself is as large as the one that was opened: values are decoded. */
const asKeras: Work = async (file, studio, watch) => {
  await open(file, studio, watch)
  await watch.phase('pruned and quantized, exact size', async () => {
    await studio.switchOn('Prune')
    await studio.switchOn('Quantize')
    await settled(studio)
  })
  const label = formats[file.endsWith('.h5') ? 'h5' : 'keras']
  await studio.page.getByRole('button', { name: /^Stored as/ }).click()
  await studio.page.getByRole('combobox', { name: 'Format' }).selectOption({ label })
  return [check(await saved(studio, watch, `saved as ${label}`), file, 'compressed')]
}

function open(file: string, studio: Studio, watch: Watch): Promise<void> {
  return watch.phase('opened', async () => {
    await dropOnPage(studio.page, pathsOf(file))
    await studio.result.waitFor()
  })
}

/** Exact sizes of the settings as they are. */
async function settled({ result }: Studio): Promise<void> {
  await result.locator(':not([data-stale]) > * > [data-exact]').waitFor()
  await result.locator('[data-exact]').waitFor()
}

async function openAndCancel({ page, result }: Studio, paths: string[]): Promise<void> {
  const bar = 'Checking every field and byte'
  const cancelling = page.evaluate(cancelSoon, { bar, delayMs: 500 })
  await dropOnPage(page, paths)
  const opened = result.waitFor().then(() => 'opened')
  if ((await Promise.race([cancelling, opened])) === 'opened')
    throw new Error('it was open before it could be cancelled')
  await page.getByRole('group', { name: 'Opening', exact: true }).waitFor({ state: 'detached' })
}

/** Runs in the page, which is there in time, however busy the machine is. */
async function cancelSoon({ bar, delayMs }: { bar: string; delayMs: number }): Promise<string> {
  while (document.querySelector(`[role="progressbar"][aria-label="${bar}"]`) === null)
    await new Promise(requestAnimationFrame)
  await new Promise((resolve) => setTimeout(resolve, delayMs))
  const buttons = [...document.querySelectorAll<HTMLElement>('[role="group"] button')]
  const cancel = buttons.find(({ textContent }) => textContent === 'Cancel')
  if (cancel === undefined) return 'opened'
  cancel.click()
  return 'cancelled'
}

async function compress(page: Page, studio: Studio, watch: Watch): Promise<void> {
  const exact = studio.result.locator('[data-exact]')
  await watch.phase('pruned and quantized, exact size', async () => {
    await studio.switchOn('Prune')
    await studio.switchOn('Quantize')
    await settled(studio)
  })
  await studio.slider('Sparsity').scrollIntoViewIfNeeded()
  const thumb = await studio.slider('Sparsity').boundingBox()
  if (thumb === null) throw new Error('no slider')
  const [x, y] = [thumb.x + thumb.width / 2, thumb.y + thumb.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await watch.phase('slider moved, first answer', async () => {
    await page.mouse.move(x + 30, y, { steps: 3 })
    await exact.waitFor({ state: 'detached', timeout: 60_000 })
  })
  await watch.phase('slider released, exact size', async () => {
    await page.mouse.up()
    await settled(studio)
  })
}

/** @param patience whether the download is waited for until it is measured, or left as soon as the page offers it */
async function saved(
  studio: Studio,
  watch: Watch,
  name: string,
  patience: 'leaves' | 'stays' = 'leaves',
): Promise<string> {
  let path = ''
  await watch.phase(name, async () => {
    const arriving = studio.download(PATIENCE_MS)
    const leave = studio.page.getByRole('button', { name: 'Save now, unmeasured' })
    const ended = arriving.then(() => undefined)
    if (patience === 'leaves') await Promise.race([leave.click().catch(() => undefined), ended])
    path = (await arriving).path
  })
  return path
}

function check(zip: string, file: string, kind: 'compressed' | 'same'): string {
  const { status, stdout } = spawnSync(
    python,
    ['-B', 'scripts/writers/check_download.py', zip, factsOf(file), kind],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  if (status !== 0) throw new Error(`${file}: the download does not hold what it should`)
  return stdout.trim()
}

/** A file with what lies beside it. */
function pathsOf(file: string): string[] {
  const path = join(folder, file)
  return [path, `${path}.data`].filter((one) => existsSync(one))
}

/**
 * What knowing all of a file but its numbers takes in Node: the most memory over that before, looked at in between.
 * @returns as a line
 */
async function indexed(file: string): Promise<string> {
  const files = await Promise.all(
    pathsOf(file).map(async (path) =>
      droppedFile(new File([await openAsBlob(path)], basename(path))),
    ),
  )
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 1)
  const began = performance.now()
  await missingFiles(new Drop(files), () => Promise.resolve())
  clearInterval(timer)
  const over = Math.round((Math.max(most, process.memoryUsage().rss) - before) / 1e6)
  return `all but the numbers, in Node: ${round((performance.now() - began) / 1000)} s, +${over} MB`
}

function factsOf(file: string): string {
  // Those of Keras share theirs; the same network as ONNX calls its weights otherwise.
  return join(folder, `${file.replace(/\.(?:h5|keras)$/, '')}.json`)
}

function lineOf({ name, seconds, overMB, overPageMB, stillMs }: Phase): string {
  return `${name}: ${seconds} s, +${overMB} MB (page +${overPageMB} MB), still ${stillMs} ms`
}

function record(file: string, lines: readonly string[]): void {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
  const today = new Date().toISOString().slice(0, 10)
  const [cpu] = cpus()
  const head = `- ${file}, ${today}, ${commit.stdout.trim()}, ${cpus().length} × ${cpu?.model.trim()}, load ${loadavg().map(Math.round).join(', ')}`
  appendFileSync(page, `${head}\n${lines.map((line) => `  - ${line}\n`).join('')}`)
}

const options = { '--pruned-alone': prunedAlone, '--as-keras': asKeras } as const
const names = process.argv.slice(2).filter((name) => !Object.hasOwn(options, name))
const alone = Object.entries(options).filter(([name]) => process.argv.includes(name))
const wanted = all.filter((one) => names.length === 0 || names.includes(one))
for (const file of wanted) {
  if (!existsSync(join(folder, file))) {
    const network = file.replace(/\..*$/, '')
    const [writer, ...rest] = file.endsWith('.onnx')
      ? ['big_onnx.py', folder]
      : ['big_keras.py', folder, network]
    const { status } = spawnSync(python, ['-B', `scripts/writers/${writer}`, ...rest], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0) throw new Error(`${python} did not write ${file}`)
  }
  if (alone.length === 0)
    record(file, [await indexed(file), ...(await session(file, underTheSlider))])
  const works = alone.length === 0 ? [prunedAlone] : alone.map(([, work]) => work)
  if (!file.includes('.onnx')) for (const work of works) record(file, await session(file, work))
}

/** What came of the samples beside other tools, as docs/side-by-side.md. */
import { isMeasured, pairs } from './pairs'
import type { Measured, Pair } from './pairs'
import { reasonFor } from './reasons'
import type { Row, SampleRows } from './row'

/** Right answers of 10,000 that do not count as worse: 0.1 points. */
const ALIKE = 10
/** Of the 5,000 by which a setting is chosen. */
const CHOSEN = 5

const count = new Intl.NumberFormat('en')

export function sideBySidePage(found: readonly SampleRows[], date: Date): string {
  const tools = new Set(found.flatMap(({ rows }) => rows.map(({ tool }) => tool)))
  return `# The samples beside other tools

Written by \`npm run check:side-by-side -- --record\`; do not edit. ${date.toISOString().slice(0, 10)}, Node ${process.versions.node}, ${[
    ...tools,
  ]
    .filter((tool) => tool !== 'the studio')
    .join(', ')}.

Each tool gets the same float model (an \`.h5\` that the studio has written, by way of a SavedModel, a \`.tflite\` or tf2onnx where the tool wants one;
batch normalization is folded by their converters). Ours is made by the page's own engine in Node. Accuracy is right answers among the official 10,000 test
pictures, by the runtime of the file: onnxruntime and LiteRT in Python, stock TensorFlow.js in Node, theirs and ours alike.
Ranges of activations are from 300 pictures of the calibration split. Settings are paired by bits, scales and symmetry, and where the smallest file is
looked for, the 5,000 validation pictures choose it, of ours among 5, 6 and 7 bits as well, and of what "Make it small" finds without training
(at most 25 measured settings, chosen on the same pictures; the test pictures are read after it; its CPU seconds hold the
measuring of the file as well). The pairs were set before anything was measured but for one: onnxruntime's codes per tensor are symmetric,
and ours were so only after sizes of LeNet-300-100 had been seen with the page's default, whose zips are larger (see all rows).

"file" is all files as they lie, "zip" those alone in a zip (deflate 9 of Python for theirs, the page's own for ours, without report and card).
CPU seconds are of the call, in a process that has the tool loaded: theirs from file to file without reading it again, ours opened, compressed, written, read again,
and its outputs compared with the original's. The machine had other work meanwhile, which CPU seconds hardly show.

${found.map((one) => section(one)).join('\n')}`
}

function section({ float, rows, sample }: SampleRows): string {
  return `## ${sample}

Float: ${share(float.test)} of the test pictures right, ${share(2 * float.validation)} of the validation pictures.

### By pairs

| theirs | zip | test | ours | zip | test | zip, ours : theirs | file, ours : theirs | |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${pairs.map((pair) => pairRow(sample, pair, rows)).join('\n')}

### The smallest that loses less than 0.1 points, chosen on the validation pictures

| tool | setting | zip | test |
| --- | --- | --- | --- |
${smallest(float.validation, rows)}

### All rows

| tool | setting | file | zip | test | validation | CPU s |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => allRow(row)).join('\n')}
`
}

function pairRow(sample: string, pair: Pair, rows: readonly Row[]): string {
  const theirs = rows.find(
    ({ setting, tool }) => tool.startsWith(pair.tool) && setting === pair.setting,
  )
  const ours = rows.find(({ setting, tool }) => tool === 'the studio' && setting === pair.ours)
  const name = `${pair.tool}: ${pair.setting}`
  if (!isMeasured(theirs))
    return `| ${name} | | | ${pair.ours} | | | | | ${theirs?.error ?? 'not made'} |`
  if (!isMeasured(ours))
    return `| ${name} | ${figures(theirs)} | ${pair.ours} | | | | | ${ours?.error ?? 'not made'} |`
  const ratio = (one: number, other: number): string => (one / other).toFixed(3)
  return `| ${[
    name,
    figures(theirs),
    pair.ours,
    figures(ours),
    ratio(ours.zipped, theirs.zipped),
    ratio(ours.bytes, theirs.bytes),
    verdict(sample, theirs, ours),
  ].join(' | ')} |`
}

function figures({ right, zipped }: Measured): string {
  return `${count.format(zipped)} | ${share(right.test)}`
}

function verdict(sample: string, theirs: Measured, ours: Measured): string {
  const isAlike = ours.right.test >= theirs.right.test - ALIKE
  const isSmaller = ours.zipped <= theirs.zipped
  if (isAlike && isSmaller) return ours.zipped === theirs.zipped ? 'as large' : 'smaller'
  const why = reasonFor(sample, theirs, ours)
  return `${isAlike ? 'larger' : isSmaller ? 'smaller, but less accurate' : 'larger and less accurate'}: ${why}`
}

/** What "Make it small" finds stands by itself: the others have nothing that looks for settings. */
function smallest(float: number, rows: readonly Row[]): string {
  const toolOf = ({ setting, tool }: Row): string =>
    setting.startsWith('"Make it small"') ? `${tool}, by a search` : tool
  const tools = [...new Set(rows.map((row) => toolOf(row)))]
  return tools
    .flatMap((tool) => {
      const [best] = rows
        .filter((row) => toolOf(row) === tool)
        .filter(isMeasured)
        .filter(({ right }) => right.validation >= float - CHOSEN)
        .toSorted((one, other) => one.zipped - other.zipped)
      return best === undefined ? [] : [`| ${tool} | ${best.setting} | ${figures(best)} |`]
    })
    .join('\n')
}

function allRow(row: Row): string {
  if (!isMeasured(row))
    return `| ${row.tool} | ${row.setting} | | | | | ${(row.error ?? '').replaceAll('|', '\\|')} |`
  const { bytes, right, seconds, setting, tool, zipped } = row
  return `| ${[
    tool,
    setting,
    count.format(bytes),
    count.format(zipped),
    share(right.test),
    share(2 * right.validation),
    seconds.toFixed(2),
  ].join(' | ')} |`
}

function share(right: number): string {
  return `${(right / 100).toFixed(2)} %`
}

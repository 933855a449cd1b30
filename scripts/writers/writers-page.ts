/** What came of a run, as lines and as docs/writers.md. */
import type { Result } from './try-case'

export function lineOf({ name, outcome, differences, remark }: Result): string {
  const figures = differences === null ? '' : ` ${differences.map(figure).join(', ')}`
  return `${outcome}: ${name}${figures}${remark === '' ? '' : ` (${remark})`}`
}

/** @param versions of whatever wrote and read, by name */
export function writersPage(
  results: readonly Result[],
  versions: Readonly<Record<string, string>>,
  date: Date,
): string {
  const count = (outcome: Result['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  const rows = results.map(({ name, how, outcome, differences, remark }) =>
    [name, `\`${how}\``, outcome, ...(differences?.map(figure) ?? ['', '', '']), remark].map(cell),
  )
  return `# Files of the stock converter

Written by \`npm run check:writers -- --record\`; do not edit. The command saves models with the stock Python
converter, opens every file as the page does, and compares what it computes with what TensorFlow computed before
the file was written. Of quantized layers models the comparison is with TensorFlow on the rounded weights, of
quantized graphs with TensorFlow on the graph in the file. Then the file is downloaded, once as it is and once
with 8 bits, and each download is opened and compared again.

Differences are the largest ones over all outputs, as a share of the largest number of that output. At most
1e-4 is allowed for a file and its download, 0.05 for 8 bits. \`weights\` means: TensorFlow.js cannot run it, and it
opens for its weights, saying why; its download with 8 bits opens, too, and has at most half the bytes.

${date.toISOString().slice(0, 10)}, ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(
      ', ',
    )}. ${results.length} files: ${count('runs')} run, ${count('weights')} open for their weights,
${count('refused by the converter')} could not be written, ${count('FAILED')} failed.

| file | written by | outcome | file differs | download differs | 8 bits differ | remark |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}

function figure(difference: number): string {
  return difference.toExponential(1)
}

/** Text that does not end its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
}

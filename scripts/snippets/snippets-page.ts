import { writeFileSync } from 'node:fs'

/** What became of the code of a README.md. */
export interface CheckedSnippet {
  readonly model: string
  readonly container: string
  readonly precision: string
  /** Where it ran. */
  readonly by: string
  /** Largest difference to what the same file says here, as a share of the largest number; null: it failed. */
  readonly apart: number | null
  /** Why not. */
  readonly told: string
}

/** Writes the record of a check, with its date. */
export function writeSnippetsPage(path: string, rows: readonly CheckedSnippet[]): void {
  const day = new Date().toISOString().slice(0, 10)
  const ran = rows.filter(({ apart }) => apart !== null).length
  const cells = rows.map(({ apart, by, container, model, precision, told }) =>
    [
      ...[model, container, precision, by],
      apart === null ? told.replaceAll('|', '\\|') : apart.toExponential(1),
    ].join(' | '),
  )
  writeFileSync(
    path,
    `# The code in downloads, run as it stands

Written by \`npm run check:snippets -- --record\`; do not edit. The command downloads models in each form that is offered for them, as the
page does, with weights of 8 bits for each channel, unpacks each zip, and runs the code of its README.md where the files lie, without a
change: JavaScript in Node with stock TensorFlow.js and onnxruntime-web, Python with what it imports. What the opened model says of made-up inputs is
compared with what the same file says here, as a share of its largest number. Whoever has weights of Keras
alone has the layers of the same model; whoever has weights of PyTorch alone has a module with rooms for them, and the numbers of all weights are compared.

${day}: ${ran} of ${rows.length} ran.

| model | files | form | code ran by | apart |
| ----- | ----- | ---- | ----------- | ----- |
${cells.map((line) => `| ${line} |`).join('\n')}
`,
  )
}

import { expect, it } from 'vitest'
import { bundleOf, richModel } from '../../../testing/files/layers-files'
import { isStudioError } from '../../core/errors'
import { joinZip, packFiles } from '../../files/zip-writer'
import { exactTarget, storedForms, writeModel } from '../../formats/exporters'
import { openModel } from '../../formats/importers'
import { verifyFile } from './verify-file'
import type { WrittenZip } from './verify-file'

const go = () => Promise.resolve()
const opened = await openModel(bundleOf(richModel()), go)
const forms = storedForms(opened, opened.weights, exactTarget(opened))

/** The download of the model, its weights changed before it was written. */
async function zipWith(change: (values: Float32Array, name: string) => void): Promise<WrittenZip> {
  const weights = opened.weights.map((weight) => {
    if (!(weight.values instanceof Float32Array) || weight.quantized !== null) return weight
    const values = weight.values.slice()
    change(values, weight.spec.name)
    return { ...weight, values }
  })
  const { files } = await writeModel(opened, weights, exactTarget(opened), go)
  const packed = await packFiles(files, go)
  return { zip: new Blob(joinZip(packed)), packed }
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return isStudioError(error) ? error.toData() : error
}

it('a file that holds what was shown passes, and says that it describes the open model', async () => {
  const zip = await zipWith(() => undefined)
  expect(await verifyFile(zip, { opened, forms }, go)).toBe(true)
  const other = { ...opened, metadata: { labels: ['a'] } }
  expect(await verifyFile(zip, { opened: other, forms }, go)).toBe(false)
})

it('one bit that differs is named, the sign of a zero among them', async () => {
  const name = opened.weights.find(({ quantized }) => quantized === null)?.spec.name ?? ''
  const at = 1
  const zip = await zipWith((values, tensor) => {
    if (tensor === name) values[at] = -(values[at] ?? 0)
  })
  const zeroed = await zipWith((values, tensor) => {
    if (tensor === name) values[at] = -0
  })
  const wanted = forms.find((form) => form.name === name)?.restored()[at] ?? NaN
  expect(await refusal(verifyFile(zip, { opened, forms }, go))).toEqual({
    code: 'export/verify-failed',
    params: { tensor: name, reason: `value ${at} is ${-wanted} instead of ${wanted}` },
  })
  const zero = forms.map((form) =>
    form.name === name
      ? { ...form, restored: (...range: [number?, number?]) => form.restored(...range).with(at, 0) }
      : form,
  )
  expect(await refusal(verifyFile(zeroed, { opened, forms: zero }, go))).toEqual({
    code: 'export/verify-failed',
    params: { tensor: name, reason: `value ${at} is 0 instead of 0` },
  })
})

it('a tensor too many, too few or of another length is named', async () => {
  const zip = await zipWith(() => undefined)
  const [first, ...others] = forms
  if (first === undefined) throw new Error('no weights')
  const last = forms[forms.length - 1] ?? first
  const missing = (name: string) => ({
    code: 'export/verify-failed',
    params: { tensor: name, reason: 'it did not come back' },
  })
  const more = [...forms, { ...last, name: 'one more' }]
  expect(await refusal(verifyFile(zip, { opened, forms: more }, go))).toEqual(missing('one more'))
  const fewer = forms.slice(0, -1)
  expect(await refusal(verifyFile(zip, { opened, forms: fewer }, go))).toEqual(missing(last.name))
  const longer = [{ ...first, length: first.length + 1 }, ...others]
  expect(await refusal(verifyFile(zip, { opened, forms: longer }, go))).toEqual(missing(first.name))
  const shorter = [{ ...first, length: first.length - 1 }, ...others]
  expect(await refusal(verifyFile(zip, { opened, forms: shorter }, go))).toEqual(
    missing(first.name),
  )
})

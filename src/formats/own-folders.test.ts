import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { FormatId } from '../core/model-summary'

/** Written out, so that a new format has to pass here. */
const formats: Readonly<Record<FormatId, true>> = {
  'tfjs-layers': true,
  'tfjs-graph': true,
  keras: true,
  onnx: true,
  safetensors: true,
  pytorch: true,
}

/** Files outside its folder that may spell a format, each with the reason. */
const named: Readonly<Record<string, string>> = {
  'src/core/model-summary.ts': 'the list of formats',
  'src/engine/model/build-model.ts': 'what makes each of them run',
  'src/studio/store/format-menu.ts': 'which files are offered first for each of them',
}

it('nobody outside its folder asks for a format: models say what can be done with them', () => {
  const ids = new RegExp(`['"](?:${Object.keys(formats).join('|')})['"]`)
  const naming = execFileSync('git', ['ls-files', 'src'], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => /[.]tsx?$/.test(path) && !/[.]test[.]tsx?$/.test(path))
    .filter((path) => !/^src\/formats\/[^/]+\//.test(path))
    .filter((path) => ids.test(readFileSync(path, 'utf8')))
  expect(naming.sort()).toEqual(Object.keys(named).sort())
})

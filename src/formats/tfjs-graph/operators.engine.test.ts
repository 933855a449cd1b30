import { readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { operatorKind } from './operators'

const folder = 'node_modules/@tensorflow/tfjs-converter/dist/operations/op_list'

/** What the installed converter registers, file by file. */
async function registered(file: string): Promise<string[]> {
  const module: unknown = await import(pathToFileURL(`${folder}/${file}`).href)
  const list = Reflect.get(Object(module), 'json') as { tfOpName: string }[]
  return list.map(({ tfOpName }) => tfOpName)
}

it('knows exactly the operators that tfjs executes', async () => {
  const files = readdirSync(folder).filter((file) => /^[a-z_]+\.js$/.test(file))
  const operators = (await Promise.all(files.map(registered))).flat()
  expect(operators.length).toBeGreaterThan(150)
  const unknown = operators.filter((op) => operatorKind(op) === 'unknown')
  expect(unknown.filter((op) => !op.startsWith('SimpleML'))).toEqual([])
  expect(operatorKind('GroupNormalize')).toBe('unknown')
  const control = [...(await registered('control.js')), ...(await registered('hash_table.js'))]
  expect(control.filter((op) => operatorKind(op) !== 'controlFlow')).toEqual([])
})

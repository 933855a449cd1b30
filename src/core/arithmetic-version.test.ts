import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from './arithmetic-version'

it('what was kept is of this arithmetic only where it says so', () => {
  expect(isOfThisArithmetic({ arithmetic: ARITHMETIC_VERSION })).toBe(true)
  for (const arithmetic of [1, ARITHMETIC_VERSION + 1, String(ARITHMETIC_VERSION), null, undefined])
    expect(isOfThisArithmetic({ arithmetic })).toBe(false)
  for (const kept of [{}, null, undefined, ARITHMETIC_VERSION, 'text', [ARITHMETIC_VERSION]])
    expect(isOfThisArithmetic(kept)).toBe(false)
})

it('says of every version what changed', () => {
  const lines = readFileSync('src/core/arithmetic-version.ts', 'utf8').matchAll(/^ \* (\d+)\. /gm)
  const versions = Array.from({ length: ARITHMETIC_VERSION }, (_, index) => index + 1)
  expect([...lines].map(([, number]) => Number(number))).toEqual(versions)
})

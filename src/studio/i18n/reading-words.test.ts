import { expect, it } from 'vitest'
import { triedOrderIds } from '../../data/class-orders'
import { controlIds, leftOutReasons, noteIds } from '../../data/reading/reading'
import page from './en/page.json'

const { controls, notes, orders, reasons } = page.reading

it.each([
  ['control', controls, controlIds],
  ['order of classes', orders, triedOrderIds],
  ['reason to leave files out', reasons, leftOutReasons],
  ['note', notes, noteIds],
])('has words for every %s, and for no other', (_, words, ids) => {
  const named = new Set(Object.keys(words).map((key) => key.replace(/_(?:one|other)$/, '')))
  expect([...named].sort()).toEqual([...ids].sort())
})

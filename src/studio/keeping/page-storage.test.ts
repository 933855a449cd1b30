import { expect, it } from 'vitest'
import { pageStorage, storageOr } from './page-storage'

it('is the storage of the site', () => {
  pageStorage.setItem('a', '1')
  expect(localStorage.getItem('a')).toBe('1')
  pageStorage.removeItem('a')
  expect(localStorage.getItem('a')).toBeNull()
})

it('remembers within the page where the browser forbids it', () => {
  const storage = storageOr(() => {
    throw new DOMException('The operation is insecure.', 'SecurityError')
  })
  expect(storage.getItem('a')).toBeNull()
  storage.setItem('a', '1')
  expect(storage.getItem('a')).toBe('1')
  storage.removeItem('a')
  expect(storage.getItem('a')).toBeNull()
})

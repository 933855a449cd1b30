import type { SampleRows } from './row'
export function sideBySidePage(found: readonly SampleRows[], date: Date): string {
  return `${date.toISOString()} ${found.length}`
}

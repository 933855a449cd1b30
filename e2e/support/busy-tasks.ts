/** An event of a Chromium trace, as far as it is read here. Times are in microseconds. */
export interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  /** Processor time of the thread, not time by the clock. */
  readonly tdur?: number
}

/**
 * Processor time in ms of each task of a page's main thread between two of its marks.
 * @param start name of a `performance.mark` of the page; the thread that made it is the page's
 * @throws where the trace holds no marks, or no processor times: nothing would have been measured
 */
export function busyTasks(events: readonly TraceEvent[], start: string, end: string): number[] {
  const from = events.find(({ name }) => name === start)
  const to = events.find(({ name }) => name === end)
  if (from === undefined || to === undefined)
    throw new Error('the trace holds no marks of the page')
  const times = events
    .filter(({ name, pid, tid }) => name === 'RunTask' && pid === from.pid && tid === from.tid)
    .filter(({ ts }) => ts >= from.ts && ts <= to.ts)
    .map(({ tdur }) => tdur)
  if (times.length === 0 || times.every((time) => time === undefined))
    throw new Error('the trace holds no processor times of tasks')
  return times.map((time = 0) => time / 1000)
}

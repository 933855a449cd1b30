/** Of a class's samples, more are answered as the same other class where its name stands at another's place. */
const MOST = 0.5

/**
 * How many classes are answered as each other, in a ring or two by two: what a model does that has learned them in another
 * order, and hardly one that has not learned them.
 * @param confusion row-major [label, answer]
 */
export function exchangedClasses(confusion: readonly number[]): number {
  const classes = Math.sqrt(confusion.length)
  const answeredAs = Array.from({ length: classes }, (_, label) =>
    mostOf(confusion.slice(label * classes, (label + 1) * classes)),
  )
  return answeredAs.filter((_, label) => isInRing(answeredAs, label)).length
}

/** The answer that most samples have; -1: there is none. */
function mostOf(answers: readonly number[]): number {
  const all = answers.reduce((sum, count) => sum + count, 0)
  return answers.findIndex((count) => count > MOST * all)
}

/** Whether one comes back to a class by way of others. */
function isInRing(answeredAs: readonly number[], label: number): boolean {
  let at = answeredAs[label] ?? -1
  if (at === label) return false
  for (let steps = 1; steps < answeredAs.length && at >= 0 && at !== label; steps++)
    at = answeredAs[at] ?? -1
  return at === label
}

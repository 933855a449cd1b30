import type { z } from 'zod'
import { describeValue, shortText } from './short-text'

type Issue = z.core.$ZodIssue

/** What is wrong with a value that a schema refused, as facts of a sentence. */
export interface FirstIssue {
  /** Path of the first wrong field; empty: the value itself. */
  readonly field: string
  /** In words that follow "expected". */
  readonly expected: string
  /** Short, however long the value is. */
  readonly found: string
}

/** @param input what was refused */
export function firstIssue({ issues }: z.ZodError, input: unknown): FirstIssue {
  const [issue] = issues
  if (issue === undefined) return { field: '', expected: '', found: describeValue(input) }
  const path = pathOf(issue)
  return {
    field: path.map((key) => shortText(String(key))).join('.'),
    expected: expectedOf(issue),
    found: describeValue(valueAt(input, path)),
  }
}

/** A field that nobody knows is named itself, not what holds it. */
function pathOf(issue: Issue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys'
    ? [...issue.path, ...issue.keys.slice(0, 1)]
    : issue.path
}

/** zod says "Invalid option: expected one of ...". */
function expectedOf(issue: Issue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'nothing'
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap((errors) => errors.map(expectedOf)))].join('|')
    case 'invalid_format':
      return issue.pattern === undefined ? issue.format : `a text of the form ${issue.pattern}`
    default:
      return /expected (.+?)(?:, received .+)?$/.exec(issue.message)?.[1] ?? issue.message
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    input,
  )
}

/** Characters of a sentence that may quote names of the file. */
const MOST_OF_REASON = 300

/** Lines of the runtime's own code, and what a function of it is called. */
const place = /\S+\.(?:cc|h):\d+ (?:[^()]*::[^()]*\(.*?\)(?: const)?|\w+) /gs
const code = /\[ONNXRuntimeError\] : \d+ : \w+ : /

/** What the runtime says, and which phrase of the page says the same; `{0}` is the first thing that it names. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/No Op registered for (\S+)/, 'it knows no operator {0}'],
  [/(\S+)\(-?\d+\) is not a registered function\/op/, 'it knows no operator {0}'],
  [
    /Could not find an implementation for (\w+)\(-?\d+\)/,
    'it computes {0}, but not with numbers of these types',
  ],
  [
    /model IR version: (\d+), max supported IR version: (\d+)/,
    'the file is of IR version {0}, and it reads files up to version {1}',
  ],
  [
    /Current official support for domain (\S+) is till opset (\d+)/,
    'it knows the operators of {0} up to opset {1}',
  ],
  [
    /Type Error: Type '(.+?)' of .*parameter \(.*?\) of operator \((\w+)\)/,
    'values of {0} are nothing that {1} takes',
  ],
  [/\[(?:Shape|Type)InferenceError\] (.*)/, 'sides or types of values do not fit together: “{0}”'],
  [/while running (\w+) node\. Name:'.*?' Status Message: (.*)/, '{0} stopped while it ran: “{1}”'],
]

/** What the page finds in the way itself; its message is a phrase of the page. */
export class InTheWay extends Error {}

/** Why the runtime of ONNX does not run a model, as a phrase of the page: what else the runtime says stands in it as a quotation. */
export function runtimeReason(thrown: unknown): string {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  if (thrown instanceof InTheWay) return said
  const [, message = said] = /ERROR_MESSAGE: (.*)/s.exec(said) ?? []
  const short = inShort(message)
  for (const [pattern, phrase] of kinds) {
    const found = pattern.exec(short)
    if (found !== null)
      return phrase.replace(/\{(\d)\}/g, (_, at: string) => found[Number(at) + 1] ?? '')
  }
  return `“${short}”`
}

/** Without the numbers of its errors and the places of its own code. */
function inShort(message: string): string {
  const line = message.replace(place, '').replace(code, '').replace(/\s+/g, ' ')
  return line.slice(0, MOST_OF_REASON).trim().replace(/\.$/, '')
}

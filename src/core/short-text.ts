/** As much as fits a sentence beside everything else that it says. */
const MOST = 60

/** A name or a value that comes from a file: short, and never a page of it. */
export function shortText(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST - 3)}...` : text
}

/** Of the name of an entry or a file: where it lies, and above all how it ends. */
export function shortName(name: string): string {
  return name.length > 2 * MOST ? `${name.slice(0, MOST - 3)}...${name.slice(-MOST)}` : name
}

/** How a value of JSON is shown in a sentence. */
export function describeValue(value: unknown): string {
  return value === undefined ? 'nothing' : shortText(JSON.stringify(value))
}

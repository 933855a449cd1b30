/** Attributes of a node in the JSON that the converter writes. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain }

export const T = { type: 'DT_FLOAT' }

const base64 = (value: string): string => Buffer.from(value).toString('base64')

export function text(value: string): { s: string } {
  return { s: base64(value) }
}

export function texts(values: readonly string[]): Plain {
  return { list: { s: values.map(base64) } }
}

export function numbers(values: readonly number[]): Plain {
  return { list: values.length === 0 ? {} : { i: values.map(String) } }
}

export function whole(value: number): Plain {
  return { i: String(value) }
}

export function shapeOf(sides: readonly number[]): { shape: { dim: { size: string }[] } } {
  return { shape: { dim: sides.map((size) => ({ size: String(size) })) } }
}

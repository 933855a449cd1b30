/**
 * What is made at the first call and the same at every later one: schemas, which take longer to make than most of
 * what is parsed by them, and which a page that parses nothing at its start does not need.
 */
export function madeOnce<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => (made ??= { value: make() }).value
}

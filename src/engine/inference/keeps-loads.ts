/**
 * Whether the compiler of this place leaves loads where they stand. V8 moved all loads of a loop to its front before 2025,
 * where six rows of sums leave no registers for them. Engines of that age do not know this type; whoever is taken for the
 * other computes the same bits, only slower.
 */
export function keepsLoads(): boolean {
  return 'Float16Array' in globalThis
}

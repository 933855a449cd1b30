/** Which version 1.x of onnxruntime was the first that read files of a version of the operators; older ones than 1.15 were not tried. */
const versions: readonly (readonly [opset: number, minor: number])[] = [
  ...([
    [24, 24],
    [23, 23],
    [22, 21],
    [21, 18],
    [20, 17],
  ] as const),
]

/** @returns n of onnxruntime 1.n */
export function runtimeFor(opset: number): number {
  return versions.find(([from]) => opset >= from)?.[1] ?? 15
}

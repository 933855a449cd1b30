/** From which version of the operators on a file is of which IR version. */
const irVersions: readonly (readonly [opset: number, ir: number])[] = [
  ...([
    [25, 13],
    [24, 12],
    [23, 11],
    [21, 10],
    [19, 9],
  ] as const),
  ...([
    [15, 8],
    [12, 7],
    [11, 6],
    [10, 5],
  ] as const),
]

/** The version of the format that came with a version of the operators (onnx/docs/Versioning.md). */
export function irVersionOf(opset: number): number {
  return irVersions.find(([from]) => opset >= from)?.[1] ?? 4
}

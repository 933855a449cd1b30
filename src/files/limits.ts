const MEBI = 2 ** 20

/** Bounds that hold before anything is parsed or allocated; a file beyond one is refused by name. */
export const limits = {
  /** The largest model.json seen in the wild has 3 MB; JSON.parse of 64 MiB takes about a second. */
  jsonBytes: 64 * MEBI,
  /** Brackets inside brackets; real topologies nest about 12 deep, models in models about 30. */
  jsonDepth: 64,
  /** A list of names for outputs: 100,000 names are shorter. */
  namesBytes: 4 * MEBI,
  /** A tokenizer of a quarter of a million words is shorter. */
  besideBytes: 64 * MEBI,
  layers: 20_000,
  /** Calls of layers, of models in models too: each of 30 models that calls the next one twice makes 2 ** 30. */
  layerCalls: 100_000,
  tensors: 200_000,
  /** Elements of all weights together: 2 GiB once decoded to float32. */
  elements: 2 ** 29,
  zipEntries: 10_000,
  /** The directory of a zip: 250,000 entries of 256 bytes, twice. */
  zipDirectoryBytes: 128 * MEBI,
  /** Ranges read to list a zip: packers need about five, an archive made to keep us busy millions. */
  zipListingReads: 1000,
  /** Real bytes out of one zip. */
  zipBytes: 2 ** 31,
  /** Real bytes out for one byte in; weights pruned to 99 % reach about 100. */
  zipRatio: 200,
  /** A zip may always expand to this much: a model pruned to nothing but zeros reaches 1,000. */
  zipFloorBytes: 256 * MEBI,
  /** Groups and datasets of one HDF5 file: 20,000 layers with ten of them each. */
  h5Objects: 500_000,
  /** Headers, nodes and heaps that are read of one HDF5 file: five for each of its objects. */
  h5Structures: 2_500_000,
  /** Facts of one object of an HDF5 file: one with 1,000 attributes has 1,010. */
  h5Messages: 20_000,
  /** The names of one group of an HDF5 file: 200,000 names of 80 letters. */
  h5HeapBytes: 16 * MEBI,
  /** One piece of a dataset; h5py cuts them to 1 MiB. */
  h5ChunkBytes: 64 * MEBI,
} as const

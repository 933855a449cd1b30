/** What a pickle of tensors is made of. Lists, tuples and dicts may hold themselves: who walks them keeps count. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleSequence
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor

export interface PickleSequence {
  readonly kind: 'list' | 'tuple'
  readonly items: PickleValue[]
}

export interface PickleDict {
  readonly kind: 'dict'
  readonly entries: (readonly [key: PickleValue, value: PickleValue])[]
}

/** Something of Python that is allowed by name; nothing of it is ever run. */
export interface PickleGlobal {
  readonly kind: 'global'
  readonly name: string
}

/** Elements that lie in a file of their own beside the pickle. */
export interface PickleStorage {
  readonly kind: 'storage'
  /** As PyTorch calls their type, such as `FloatStorage`. */
  readonly type: string
  readonly key: string
  /** Elements; bytes where the type says nothing. */
  readonly length: number
}

export interface PickleTensor {
  readonly kind: 'tensor'
  readonly storage: PickleStorage
  /** Of the elements, where the storage says nothing. */
  readonly dtype: string | null
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

type Kinded = Extract<PickleValue, { readonly kind: string }>

/** Which of them have a kind. */
interface ByKind {
  readonly list: PickleSequence
  readonly tuple: PickleSequence
  readonly dict: PickleDict
  readonly global: PickleGlobal
  readonly storage: PickleStorage
  readonly tensor: PickleTensor
}

export function isKind<Kind extends Kinded['kind']>(
  value: PickleValue | undefined,
  ...kinds: readonly Kind[]
): value is ByKind[Kind] {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    kinds.some((kind) => kind === value.kind)
  )
}

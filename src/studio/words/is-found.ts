import type { LayerSummary } from '../../core/model-summary'

/** Whether a person who types this means the layer: part of its name, its class or its kind. */
export function isFound({ className, kind, name }: LayerSummary, typed: string): boolean {
  return `${name} ${className} ${kind}`.toLowerCase().includes(typed.trim().toLowerCase())
}

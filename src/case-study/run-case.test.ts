import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../testing/studio/recipe-with'
import type { Recipe } from '../techniques/recipe'
import { defaultTrainingSettings } from '../training/training-settings'
import type { TrainingSettings } from '../training/training-settings'
import { casePlan } from './case-plan'
import type { CaseOrder } from './case-plan'
import { runCase } from './run-case'
import type { CaseWorld } from './run-case'

interface Told {
  readonly runs: { readonly recipe: Recipe; readonly settings: TrainingSettings }[]
  readonly cuts: number[]
}

/** Names the weights after each run, so that the test can tell what came from where. */
function world(told: Told, hasLabels = true): CaseWorld<string> {
  return {
    hasLabels,
    cut: ({ share }) => {
      told.cuts.push(share)
      return Promise.resolve('0123456789abcdef')
    },
    measure: ({ steps, trained }) => {
      const on = steps.filter(({ enabled }) => enabled).map(({ technique }) => technique)
      return Promise.resolve([...on, trained ?? 'file'].join(' '))
    },
    train: (recipe, settings) => {
      told.runs.push({ recipe, settings })
      return Promise.resolve({ ...recipe, trained: `run${told.runs.length}` })
    },
  }
}

async function story(
  order: CaseOrder,
  cut: number,
  hasLabels = true,
): Promise<{ told: Told; lines: string[] }> {
  const told: Told = { runs: [], cuts: [] }
  const start = { ...recipeWith({ quantize: { scheme: 'linear' } }), trained: 'before' }
  const plan = casePlan({ cut, sparsity: 0.6, bits: 5 }, order, 2)
  const settings = { ...defaultTrainingSettings, patience: 1, seed: 7 }
  const lines: string[] = []
  for await (const { id, measured } of runCase(plan, start, settings, world(told, hasLabels)))
    lines.push(`${id}: ${measured}`)
  return { told, lines }
}

describe('a case study', () => {
  it('goes on from the weights of the stage before it', async () => {
    const { lines } = await story('pruneFirst', 0)
    expect(lines).toEqual([
      'float: file',
      'pruned: prune file',
      'pruneRecovered: prune run1',
      'quantized: prune quantize run1',
      'quantizeRecovered: prune quantize run2',
      'distilled: prune quantize run3',
    ])
  })

  it('may quantize first, or do everything at once', async () => {
    expect((await story('quantizeFirst', 0)).lines).toContain('pruned: prune quantize run1')
    expect((await story('together', 0)).lines).toEqual([
      'float: file',
      'together: prune quantize run1',
    ])
  })

  it('cuts filters first and learns from the whole model in the end', async () => {
    const { lines, told } = await story('pruneFirst', 0.4)
    expect(told.cuts).toEqual([0.4])
    expect(lines.slice(0, 3)).toEqual(['float: file', 'cut: file', 'cutRecovered: run1'])
    expect(told.runs.map(({ settings }) => settings.distillation?.teacher ?? null)).toEqual([
      null,
      null,
      null,
      '0123456789abcdef',
    ])
  })

  it('is taught in every stage where there are no labels', async () => {
    const { told } = await story('pruneFirst', 0, false)
    expect(told.runs.map(({ settings }) => settings.distillation?.teacher)).toEqual([
      'original',
      'original',
      'original',
    ])
  })

  it('takes the plan’s values and leaves everything else as it was', async () => {
    const { told } = await story('together', 0)
    const [run] = told.runs
    expect(run?.recipe.steps.filter(({ enabled }) => enabled)).toMatchObject([
      { technique: 'prune', enabled: true, config: { target: 'sparsity', value: 0.6 } },
      { technique: 'quantize', enabled: true, config: { bits: 5, scheme: 'linear' } },
    ])
    expect(run?.settings).toMatchObject({
      epochs: 6,
      patience: null,
      seed: 7,
      pruning: { schedule: 'polynomial' },
      distillation: { teacher: 'original' },
    })
  })

  it('stops where the world says so', async () => {
    const told: Told = { runs: [], cuts: [] }
    const broken = { ...world(told), train: () => Promise.reject(new Error('no more')) }
    const plan = casePlan({ cut: 0, sparsity: 0.6, bits: 5 }, 'pruneFirst', 1)
    const seen: string[] = []
    await expect(async () => {
      const stages = runCase(plan, recipeWith({}), defaultTrainingSettings, broken)
      for await (const { id } of stages) seen.push(id)
    }).rejects.toThrow('no more')
    expect(seen).toEqual(['float', 'pruned'])
  })
})

import { createHash } from 'node:crypto'
import type { DrawnPage } from './draw-pages.ts'
import { PARTS_ID, SAMPLES_ID, STYLES_ID } from '../../src/studio/first-screen/data-in-page.ts'

/** What stands in a page before any file of the build has come. */
export interface FirstScreen {
  readonly pages: readonly DrawnPage[]
  /** CSS that the pages need. */
  readonly styles: string
  /** The source of early-page.js and of early-show.js. */
  readonly early: string
  readonly show: string
  /** The list of samples. */
  readonly samples: unknown
  /** Addresses of the files that the studio starts from. */
  readonly parts: readonly string[]
}

/** The styles that the component library draws with its components; they differ by nothing. */
const ownStyles = /<style data-mantine-styles="[^"]*">([^]*?)<\/style>/g

/** Styles out of the HTML of a page, which has them once for all pages. */
export function splitStyles(html: string): { readonly html: string; readonly styles: string } {
  const styles = Array.from(html.matchAll(ownStyles), ([, css = '']) => css).join('')
  return { html: html.replace(ownStyles, ''), styles }
}

/**
 * Puts the first screen into the page of a build.
 * @param page with an empty element `root`
 * @throws where the page has no place for it
 */
export function withFirstScreen(page: string, screen: FirstScreen): string {
  const [first, ...others] = screen.pages
  const place = '<div id="root"></div>'
  if (first === undefined || !page.includes(place) || !page.includes('<link rel="icon"'))
    throw new Error('index.html has no place for the first screen')
  const templates = others.map(
    ({ html, language, scheme }) =>
      `<template data-first="${language} ${scheme}">${html}</template>`,
  )
  const body = [
    // In the body, so that they go before whatever style sheets the studio brings into the head meanwhile.
    `<style id="${STYLES_ID}">${screen.styles}</style>`,
    `<div id="root">${first.html}</div>`,
    ...templates,
    dataElement(SAMPLES_ID, screen.samples),
    dataElement(PARTS_ID, screen.parts),
    `<script>${screen.show}</script>`,
  ].join('\n')
  const head = `<script>${screen.early}</script>\n    `
  return page
    .replace('<link rel="icon"', () => `${head}<link rel="icon"`)
    .replace(place, () => body)
}

/** Data in a page, which no policy forbids. Nothing in it may end the element. */
function dataElement(id: string, data: unknown): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="${id}">${json}</script>`
}

/** A script's hash as a security policy names it. */
export function scriptHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

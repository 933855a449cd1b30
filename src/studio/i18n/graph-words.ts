/** The words of the graph, which come with it. */
import graph from './en/graph.json'
import { i18n } from './i18n'

i18n.addResourceBundle('en', 'graph', graph)

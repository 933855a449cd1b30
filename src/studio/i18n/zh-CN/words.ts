/** All Chinese words, which come when somebody reads Chinese. */
import charts from './charts.json'
import compare from './compare.json'
import errors from './errors.json'
import graph from './graph.json'
import phrases from './phrases.json'
import page from './page.json'
import small from './small.json'
import techniques from './techniques.json'
import terms from './terms.json'
import tour from './tour.json'
import train from './train.json'
import variants from './variants.json'

export { phrases }

export default {
  ...{ charts, compare, errors, graph, page, small, techniques, terms, tour, train },
  ...{ variants },
}

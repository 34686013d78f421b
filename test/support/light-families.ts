import { elementCount } from '../../src/compiler/dimension.js'
import { parametersOf } from '../../src/compiler/graph.js'
import { families } from '../../src/models/zoo.js'

const most = 12e6

/**
 * The families whose values a test may draw and write, at the least width. The rest are past 12 million parameters, a
 * second each: `npm run zoo` has them all.
 */
export const lightFamilies: typeof families = families.filter(({ name, make, multiple }) => {
  const shapes = parametersOf(make(name.includes('{C}') ? multiple : undefined).graph).map(
    ({ attributes }) => attributes.shape,
  )
  return shapes.reduce((sum, shape) => sum + elementCount(shape), 0) < most
})

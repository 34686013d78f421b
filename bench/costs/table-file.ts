import type { CostTable } from '../../src/targets/costs/table.js'

/** A table as the source that is committed. */
export function tableFile({ nanoseconds, misfit, noise, ...rest }: CostTable): string {
  const constant = rest.instructions.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const rounded = (value: number): number => Number(value.toPrecision(3))
  const fields = (record: Readonly<Record<string, number>>): string =>
    Object.entries(record)
      .map(([name, value]) => `    ${name}: ${rounded(value)},\n`)
      .join('')
  return `import type { CostTable } from './table.js'

/** Written by \`npm run bench:costs\`: measured, never edited. */
export const ${constant}: CostTable = {
${Object.entries(rest)
  .map(([name, value]) => `  ${name}: ${typeof value === 'number' ? value : `'${value}'`},\n`)
  .join('')}  nanoseconds: {
${fields(nanoseconds)}  },
  misfit: { middle: ${rounded(misfit.middle)}, most: ${rounded(misfit.most)} },
  noise: ${rounded(noise)},
}
`
}

/** heddle's own version, as package.json has it, which a page cannot read. */
export const version = '0.1.0'

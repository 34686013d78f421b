/**
 * Before each file of `npm test`: tap has Node read the source map of every module that is loaded, a third of a second
 * a file. A file that is run alone (`npx tap`) tells the lines of its source.
 */
process.setSourceMapsEnabled(false)

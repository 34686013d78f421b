import { conv, image, model, type NetworkError } from 'heddle'

/** Prints where a mistake is, for a test that runs this file under node --enable-source-maps. */
try {
  model('net', image(3), (x) => ({ y: conv(x, 48, { kernel: 0 }) }))
} catch (error) {
  console.log(JSON.stringify((error as NetworkError).location))
}

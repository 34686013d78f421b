import { blank, type Picture, type PictureSize } from '../picture/picture.js'
import { resizeSmooth } from '../picture/resize.js'
import { type Box, cropped, stretched } from '../picture/window.js'

/**
 * A face as the authors' landmark code cuts it out (`crop` of lib/utils/transforms.py): at least twice as large as
 * the input, the picture is made smaller first; then whole pixels are cut out, black where there is no picture, and
 * resized smoothly. Both times `scipy.misc.imresize` stretches the numbers to 0 to 255.
 */
export function faceCrop(picture: Picture, region: Box, input: PictureSize): Picture {
  const shrink = region.width / input.height
  if (shrink < 2) return cutOut(picture, region, input)
  const size = {
    width: Math.floor(picture.width / shrink),
    height: Math.floor(picture.height / shrink),
  }
  if (Math.max(size.width, size.height) < 2) return blank(input, picture.channels)
  const smaller = resizeSmooth(stretched(picture), {
    width: Math.max(size.width, 1),
    height: Math.max(size.height, 1),
  })
  const { x, y, width, height } = region
  const within = { x: x / shrink, y: y / shrink, width: width / shrink, height: height / shrink }
  return cutOut(smaller, within, input)
}

function cutOut(picture: Picture, region: Box, input: PictureSize): Picture {
  const [x, width] = wholePixels(region.x, region.width, input.width)
  const [y, height] = wholePixels(region.y, region.height, input.height)
  return resizeSmooth(stretched(cropped(picture, { x, y, width, height })), input)
}

/** Where the input's pixels −1 and `side` − 1 lie in the picture, cut to whole numbers and counted from 1. */
function wholePixels(from: number, length: number, side: number): readonly [number, number] {
  const at = (pixel: number): number => Math.trunc((pixel * length) / side + from) + 1
  const first = at(-1)
  return [first, Math.max(at(side - 1) - first, 1)]
}

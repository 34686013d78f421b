/** A text that stands beside a point, in pixels. */
export interface Label {
  readonly x: number
  readonly y: number
  readonly text: string
}

export interface Placed extends Label {
  readonly anchor: 'start' | 'end'
}

/** The size of letters in pixels, and about how wide one is. */
export const letters = { size: 11, width: 6.1 } as const

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/**
 * Puts labels beside their points, within a frame, where they cover neither each other nor a mark; the first two may
 * cover one that does not stand out, if they have to. One that finds no place is left out. The first ones come first.
 */
export function placeLabels(
  labels: readonly Label[],
  marks: readonly { readonly x: number; readonly y: number; readonly marked: boolean }[],
  frame: Box,
): readonly Placed[] {
  const all = marks.map(around)
  const taken = marks.filter(({ marked }) => marked).map(around)
  return labels.flatMap((label, i) => {
    const possible = places
      .map(([anchor, dx, dy]): Placed => ({ ...label, x: label.x + dx, y: label.y + dy, anchor }))
      .filter((placed) => {
        const box = boxOf(placed)
        return within(box, frame) && !taken.some((other) => overlap(box, other))
      })
    const clear = possible.find((placed) => !all.some((other) => overlap(boxOf(placed), other)))
    const placed = clear ?? (i < 2 ? possible[0] : undefined)
    if (placed) taken.push(boxOf(placed))
    return placed ? [placed] : []
  })
}

function around({ x, y }: { readonly x: number; readonly y: number }): Box {
  return { left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 }
}

/** Where a label may stand, best first. */
const places = [
  ['start', 8, 12],
  ['end', -8, -7],
  ['start', 8, -7],
  ['end', -8, 12],
  ['start', 10, 3.5],
  ['end', -10, 3.5],
] as const

function boxOf({ x, y, text, anchor }: Placed): Box {
  const width = text.length * letters.width
  const left = anchor === 'start' ? x : x - width
  return { left, right: left + width, top: y - letters.size + 2, bottom: y + 3 }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

function within(box: Box, frame: Box): boolean {
  return (
    box.left >= frame.left &&
    box.right <= frame.right &&
    box.top >= frame.top &&
    box.bottom <= frame.bottom
  )
}

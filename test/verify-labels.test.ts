import t from 'tap'
import { compareLabels } from '../src/verify/labels.js'

/** Two places of three classes each: [1, 3, 2]. */
const scores = [8, -1, 7.9, 5, 0, 4.5]

function compared(
  candidate: readonly number[],
  { tolerance = 0.01, reference = [0, 1], values = scores } = {},
): ReturnType<typeof compareLabels> {
  const labels = (data: readonly number[]) =>
    ({ data: Int32Array.from(data), dims: [1, data.length], type: 'int32' }) as const
  const given = { data: Float32Array.from(values), dims: [1, 3, 2] }
  return compareLabels('labels', given, 1, labels(reference), labels(candidate), tolerance)
}

t.test('what the reference chose is no difference', (t) => {
  const { ok, maxAbs, relative, note } = compared([0, 1])
  t.same({ ok, maxAbs, relative, note }, { ok: true, maxAbs: 0, relative: 0, note: undefined })
  t.end()
})

t.test('another class is, by half the gap of the two scores', (t) => {
  // Class 1 has 7.9 where class 0 has 8: each would be off by 0.05, of 8.
  const { ok, maxAbs, relative, note } = compared([1, 1])
  t.ok(ok)
  t.ok(Math.abs(maxAbs - 0.05) < 1e-6 && Math.abs(relative - 0.05 / 8) < 1e-6)
  t.equal(note, '1 of 2 classes differ; Δ is half the gap of their scores')
  t.notOk(compared([1, 1], { tolerance: 0.006 }).ok)
  t.notOk(compared([2, 1]).ok, 'a class far behind')
  t.notOk(compared([0, 0]).ok, 'at any place')
  t.end()
})

t.test('what is no class, of other shape, or no choice of the reference fails', (t) => {
  t.match(compared([3, 1]), { ok: false, note: 'the result holds 3 of 3 classes' })
  t.match(compared([-1, 1]), { ok: false, note: /holds -1/ })
  t.match(compared([0, 1, 1]), { ok: false, note: 'the shape is [1, 3], not [1, 2]' })
  t.match(compared([1, 1], { reference: [1, 1] }), {
    ok: false,
    note: "the reference chooses 1, and its largest score is 0's",
  })
  const values = scores.with(2, Number.NaN)
  t.match(compared([0, 1], { values }), { ok: false, note: 'a score of the reference is NaN' })
  t.end()
})

t.test('the first of equal scores is the reference’s, and the others are as good', (t) => {
  const values = [2, 5, 2, 1, 2, 5]
  t.ok(compared([2, 2], { values, reference: [0, 0], tolerance: 0 }).ok)
  t.notOk(compared([0, 0], { values, reference: [1, 0] }).ok)
  t.end()
})

/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/weights-seeded.test.js > TAP > what a seed makes of a network is this, on every machine > all of them 1`] = `
14416bc6d8676b53e03e83cb251953dd6554fb28929960e97cced4525b00d7a0
`

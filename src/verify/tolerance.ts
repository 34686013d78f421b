/** What max |Δ| / max |reference| may be between two float32 runs of one network, at its outputs. */
export const defaultTolerance = 1e-5

/**
 * The same for weights of a file. Seeded weights are made so that rounding stays small; those of a trained network
 * are not, and two float32 runs of one were seen to differ by up to 2e-5. A mean, a bias or an epsilon that is
 * forgotten is a thousand times as much.
 */
export const fileTolerance = 5e-5

/**
 * How many times that it may be at a feature on the way: some are small beside what they are the difference of.
 * A forgotten bias, mean or epsilon is hundreds of times as much.
 */
export const featureSlack = 10

import { classification } from './readmes/classification.js'
import { detection } from './readmes/detection.js'
import { facialLandmarks } from './readmes/facial-landmarks.js'
import { fcos } from './readmes/fcos.js'
import { higherHrnet } from './readmes/higher-hrnet.js'
import { hrformer } from './readmes/hrformer.js'
import { liteHrnet } from './readmes/lite-hrnet.js'
import { pose } from './readmes/pose.js'
import { segmentation } from './readmes/segmentation.js'
import type { Table } from './table.js'
import { section43 } from './tables/section-4-3.js'
import { table1 } from './tables/table-1.js'
import { table5 } from './tables/table-5.js'
import { table14 } from './tables/table-14.js'
import { table15 } from './tables/table-15.js'
import { timmResults } from './timm.js'

/** Who published figures: the paper; its authors, in the README files of their repositories; timm. */
export type Source = 'paper' | 'authors' | 'timm'

export const sources: Readonly<Record<Source, readonly Table[]>> = {
  paper: [table1, table5, section43, table14, table15],
  authors: [
    classification,
    segmentation,
    pose,
    detection,
    facialLandmarks,
    higherHrnet,
    liteHrnet,
    hrformer,
    fcos,
  ],
  timm: [timmResults],
}

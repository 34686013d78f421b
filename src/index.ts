export { hrnetV2 } from './models/hrnet-v2.js'

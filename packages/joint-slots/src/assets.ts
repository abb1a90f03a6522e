/** Assets that move between chains in joint blocks, and the judge that reads the logs: none is lost, none is doubled. */
export { type AssetState, assets, give, mint, transfer } from "./assets/application.ts";
export {
  type AssetVerdict,
  type Claim,
  type JudgedSlot,
  judgeAssets,
  type Logs,
} from "./assets/judge.ts";

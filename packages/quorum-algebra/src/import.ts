/** Reading quorums and validator sets from the files of others. */
export { ImportError, type ImportErrorCode, type ImportNotice, type ImportPlace } from "./import/errors.ts";

// For threads that load TypeScript: `--import` this. (The loader of the parent is not theirs.)
import { register } from "tsx/esm/api";

register();

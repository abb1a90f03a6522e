/** Quorum systems from the literature, as expressions. */

export { mGrid, rowAndColumn, rowCover, triangle, wall, wheel } from "./constructions/grids.ts";
export { paths } from "./constructions/paths.ts";
export { projectivePlane } from "./constructions/planes.ts";
export { binaryTree, hierarchical, recursiveMajority, singleton } from "./constructions/trees.ts";

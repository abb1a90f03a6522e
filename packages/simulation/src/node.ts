export { Simulation } from "./simulation.ts";

declare module "logic-solver" {
  const logic: import("@eunomia/quorum-algebra/engines/logic-solver").Logic;
  export default logic;
}

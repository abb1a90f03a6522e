/** What one measurement loads a system with. */
export interface Shape {
  readonly bodyBytes: number;
  /** Connections of clients; the writes under way are spread over them evenly. */
  readonly connections: number;
  /** Writes under way in all. */
  readonly outstanding: number;
}

/** Everything: sizes by writes under way on one connection, and many connections with one write each. */
export const allShapes: readonly Shape[] = [
  ...[16, 256, 1024].flatMap((bodyBytes) =>
    [1, 64, 256, 1024].map((outstanding) => ({ bodyBytes, connections: 1, outstanding })),
  ),
  ...[64, 256].map((connections) => ({ bodyBytes: 256, connections, outstanding: connections })),
];

/** What says most in a few minutes. */
export const quickShapes: readonly Shape[] = allShapes.filter(({ bodyBytes }) => bodyBytes === 256);

export const shapeText = ({ bodyBytes, connections, outstanding }: Shape): string =>
  connections === 1
    ? `${bodyBytes} B, ${outstanding} under way on one connection`
    : `${bodyBytes} B, ${connections} connections with ${outstanding / connections} each`;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.bodyBytes === b.bodyBytes && a.connections === b.connections && a.outstanding === b.outstanding;

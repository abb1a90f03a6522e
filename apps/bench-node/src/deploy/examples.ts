import type { DeploymentName } from "./compare.ts";

/** The deployments that come with the program, for six nodes: to begin with, and to be compared. */
export const deploymentTexts: Readonly<Record<DeploymentName, string>> = {
  lan: `// One room, one operator: MACs between all, and everybody talks to everybody.
[Principals]
  n1, n2, n3, n4, n5, n6 : mac, ed25519;
  clients : mac;
  operator : ed25519;
  NODES = {n1, n2, n3, n4, n5, n6};  CLIENTS = clients;  CONTROL = operator;

[Authentication]
  * -> * : HMAC-SHA256;

[Non-repudiation]
  CONTROL -> * on Control : Ed25519;

[Dissemination]
  * -> * : DIRECT;
`,
  wan: `// Two sites: what is for the other one crosses the sea once, with a MAC for each receiver, and is passed on there.
[Principals]
  n1, n2, n3, n4, n5, n6 : mac, ed25519;
  clients : mac;
  operator : ed25519;
  EAST = {n1, n2, n3};  WEST = {n4, n5, n6};
  NODES = {n1, n2, n3, n4, n5, n6};  CLIENTS = clients;  CONTROL = operator;

[Authentication]
  * -> * : HMAC-SHA256;

[Non-repudiation]
  CONTROL -> * on Control : Ed25519;

[Dissemination]
  EAST -> WEST on Protocol : OPTIMISTIC(n4) WITHIN 300ms; DIRECT;
  WEST -> EAST on Protocol : OPTIMISTIC(n1) WITHIN 300ms; DIRECT;
`,
  auditable: `// Somebody outside can be shown, for a year, who said what: each node signs it, and everybody keeps it.
[Principals]
  n1, n2, n3, n4, n5, n6 : mac, ed25519;
  clients : mac;
  operator, auditor : ed25519;
  NODES = {n1, n2, n3, n4, n5, n6};  CLIENTS = clients;  CONTROL = operator;  AUDITOR = auditor;

[Authentication]
  * -> * : HMAC-SHA256;

[Non-repudiation]
  NODES -> AUDITOR on Protocol : Ed25519;
  CONTROL -> * on Control : Ed25519;

[Options]
  retention 365d;
`,
};
